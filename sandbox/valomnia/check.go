package valomnia

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// checkForm checks presence, types and sizes. resolve checks what the values point at.
func (a *service) checkForm(form formData) *engine.Response {
	refuse := func(code, description string) *engine.Response {
		wrong := fail(http.StatusBadRequest, code, description)
		return &wrong
	}
	if name := missingParameter(form); name != "" {
		return refuse("missing_param", name+" parameter is missing")
	}
	if name := mistypedParameter(form); name != "" {
		return refuse("invalid_param_type", "The type of parameter "+name+" you provided is not valid for this request.")
	}
	texts, _, _, _, _ := parameters()
	for _, name := range texts {
		value := form.values[name]
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > maxText && name != "comment" && name != "paymentTypes" {
			return refuse("save_failed", "Failed to save instance.")
		}
	}
	return nil
}

// missingParameter returns the first required parameter that is empty.
func missingParameter(form formData) string {
	required := []string{"reference", "name"}
	if form.values["isSubCustomer"] == "true" {
		required = append(required, "parentCustomer")
	}
	if form.values["dueDateConfigType"] != "" {
		required = append(required, "dueDateConfigNumber")
	}
	for _, name := range required {
		if form.values[name] == "" {
			return name
		}
	}
	return ""
}

// mistypedParameter returns the first parameter whose value has another type.
func mistypedParameter(form formData) string {
	_, flags, numbers, integers, ids := parameters()
	if form.values["useExternalId"] == "true" {
		ids = nil // they are references then, of any form
	}
	type check struct {
		names []string
		valid func(string) bool
	}
	for _, c := range []check{
		{flags, func(v string) bool { return v == "true" || v == "false" }},
		{numbers, func(v string) bool { n, err := strconv.ParseFloat(v, 64); return err == nil && n-n == 0 }},
		{slices.Concat(integers, ids), func(v string) bool { _, err := strconv.ParseInt(v, 10, 64); return err == nil }},
		{[]string{"dueDateConfigType"}, func(v string) bool { return v == "1" || v == "2" }},
		{[]string{"customerRiskColor"}, regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`).MatchString},
	} {
		for _, name := range c.names {
			if value, given := form.values[name]; given && !c.valid(value) {
				return name
			}
		}
	}
	if _, ok := paymentTypeIDs(form); !ok {
		return "payment type id"
	}
	return ""
}

// paymentTypeIDs reads paymentTypes, a JSON list. The vendor's sample has = in place of the colons,
// and its parser accepts that too. Ids are numbers, or with useExternalId references.
func paymentTypeIDs(form formData) (ids []string, ok bool) {
	written := form.values["paymentTypes"]
	if written == "" {
		return nil, true
	}
	var list []struct {
		ID any `json:"id"`
	}
	decoder := json.NewDecoder(strings.NewReader(strings.ReplaceAll(written, `"id"=`, `"id":`)))
	decoder.UseNumber()
	if decoder.Decode(&list) != nil {
		return nil, false
	}
	for _, item := range list {
		var id string
		switch v := item.ID.(type) {
		case json.Number:
			id = v.String()
		case string:
			id = v
		}
		_, err := strconv.ParseInt(id, 10, 64)
		if id == "" || err != nil && form.values["useExternalId"] != "true" {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}
