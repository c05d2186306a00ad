package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Refusal says what is wrong with a control request.
type Refusal struct {
	Field   string   `json:"field"`
	Message string   `json:"error"`
	Allowed []string `json:"allowed,omitempty"`
}

// parseFault reads an order. A refusal names the field that is wrong.
func (e *Engine) parseFault(body []byte) (*Fault, *Refusal) {
	f := &Fault{Times: 1}
	var vendor string
	fields := []struct {
		name string
		into any
		form string
	}{
		{"vendor", &vendor, "a string"},
		{"operation", &f.Operation, "a string"},
		{"kind", &f.Kind, "a string"},
		{"times", &f.Times, "a whole number"},
		{"delay_ms", &f.DelayMS, "a whole number"},
		{"form", &f.Form, "a string"},
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(body, &given); err != nil || given == nil {
		return nil, &Refusal{Field: "body", Message: "body: must be a JSON object, such as " +
			`{"vendor":"opencell","operation":"create","kind":"drop_after","times":1}`}
	}
	var names []string
	for _, field := range fields {
		names = append(names, field.name)
		if raw, ok := given[field.name]; ok {
			if err := json.Unmarshal(raw, field.into); err != nil {
				return nil, &Refusal{Field: field.name, Message: fmt.Sprintf("%s: must be %s", field.name, field.form)}
			}
		}
	}
	for name := range given {
		if !slices.Contains(names, name) {
			return nil, notAllowed("field", name, names)
		}
	}
	v, wrong := e.vendorNamed(vendor)
	if wrong != nil {
		return nil, wrong
	}
	f.Vendor = v.Vendor
	return f, f.check(v)
}

func (f *Fault) check(v *API) *Refusal {
	if f.Operation == "" {
		f.Operation = anyOperation
	}
	if allowed := append([]string{anyOperation}, v.Operations...); !slices.Contains(allowed, f.Operation) {
		return notAllowed("operation", f.Operation, allowed)
	}
	if kinds := FaultKinds(); !slices.Contains(kinds, f.Kind) {
		return notAllowed("kind", string(f.Kind), texts(kinds))
	}
	if wrong := f.checkMeaning(v); wrong != nil {
		return wrong
	}
	if f.Times < 0 {
		return &Refusal{Field: "times", Message: "times: must be 1 or more. 0 or unset means 1"}
	}
	if f.Times == 0 {
		f.Times = 1
	}
	if f.DelayMS < 0 || f.DelayMS > maxDelay.Milliseconds() {
		return &Refusal{Field: "delay_ms", Message: fmt.Sprintf("delay_ms: must be from 0 to %d", maxDelay.Milliseconds())}
	}
	if (f.Kind == Latency || f.Kind == SlowLookup) && f.DelayMS == 0 {
		return &Refusal{Field: "delay_ms", Message: fmt.Sprintf("delay_ms: must be above 0 for %s", f.Kind)}
	}
	return nil
}

// checkMeaning refuses a fault that could never apply, and a form that means nothing.
func (f *Fault) checkMeaning(v *API) *Refusal {
	works := v.operationsFor(f.Kind)
	if len(works) == 0 || f.Operation != anyOperation && !slices.Contains(works, f.Operation) && f.Kind != SlowLookup {
		return &Refusal{
			Field:   "operation",
			Message: fmt.Sprintf("operation: %s does not work for %q at %s. It works for %s", f.Kind, f.Operation, v.Vendor, strings.Join(works, ", ")),
			Allowed: works,
		}
	}
	if f.Form == "" {
		return nil
	}
	if f.Kind != NormalisedKey {
		return &Refusal{Field: "form", Message: fmt.Sprintf("form: must be unset, except for %s", NormalisedKey)}
	}
	if forms := KeyForms(); !slices.Contains(forms, f.Form) {
		return notAllowed("form", string(f.Form), texts(forms))
	}
	return nil
}

func notAllowed(field, value string, allowed []string) *Refusal {
	return &Refusal{Field: field, Message: fmt.Sprintf("%s: %q is not known. See allowed", field, value), Allowed: allowed}
}

func texts[T ~string](values []T) []string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	return names
}
