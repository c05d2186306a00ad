package server_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
)

var update = flag.Bool("update", false, "write the pages of docs/ that are generated")

// The tables in docs/fields.md and docs/vendors/ show the result of ListProviders. ListProviders
// reads the annotations of the vendors' wire messages.
func TestFieldsPage(t *testing.T) {
	listed, err := enlistv1.NewProviderServiceClient(start(t, nil).grpc).ListProviders(t.Context(), &enlistv1.ListProvidersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	all := slices.SortedFunc(slices.Values(listed.GetProviders()), func(a, b *enlistv1.Provider) int { return cmp.Compare(a.GetVendor(), b.GetVendor()) })
	checkPage(t, "../docs/fields.md", fieldsPage(all))
	for _, provider := range all {
		page := "../docs/vendors/" + provider.GetName() + ".md"
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, found := strings.Cut(string(text), beginFields)
		_, after, ends := strings.Cut(rest, endFields)
		if !found || !ends {
			t.Errorf("%s has no place for its table of fields", page)
			continue
		}
		checkPage(t, page, before+beginFields+fieldsTable(provider)+endFields+after)
	}
}

const (
	beginFields = "<!-- fields: make docs writes this table -->\n"
	endFields   = "<!-- end of fields -->\n"
)

// checkPage compares a page with the expected text, or writes the page.
func checkPage(t *testing.T, page, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(page); err != nil || got != string(want) {
		t.Errorf("%s is out of date: make docs (%v)", strings.TrimPrefix(page, "../"), err)
	}
}

// fieldsPage returns the page that compares all vendors.
func fieldsPage(providers []*enlistv1.Provider) string {
	var out strings.Builder
	out.WriteString(aboutFields + strings.Join(multiline(), ", ") + ".\n" + aboutFieldsTable)
	paths, takes := map[string]bool{}, map[string]string{}
	header, rule := "| field |", "|---|"
	for _, provider := range providers {
		header, rule = header+fmt.Sprintf(" [%[1]s](vendors/%[1]s.md#fields) |", provider.GetName()), rule+"---|"
		for _, field := range provider.GetFields() {
			for _, path := range append([]string{field.GetPath()}, field.GetFallbackPaths()...) {
				if !strings.HasPrefix(path, "customer.") || takes[provider.GetName()+path] == "required" {
					continue
				}
				paths[path], takes[provider.GetName()+path] = true, "yes"
				if path == field.GetPath() && field.GetRequired() {
					takes[provider.GetName()+path] = "required"
				}
			}
		}
	}
	out.WriteString(header + "\n" + rule + "\n")
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		out.WriteString("| " + quoted(path) + " |")
		for _, provider := range providers {
			out.WriteString(" " + takes[provider.GetName()+path] + " |")
		}
		out.WriteString("\n")
	}
	return out.String()
}

const aboutFields = `# Fields

Which fields of ` + "`Customer`" + ` each vendor takes. ` + "`make docs`" + ` writes this page from the annotations of
the vendors' wire messages. ` + "`GetProvider`" + ` returns the same, with the limits of your connection.

- A field that a vendor does not take is refused with ` + "`FIELD_NOT_SUPPORTED`" + `. With
  ` + "`unsupported_fields: UNSUPPORTED_FIELDS_DROP`" + ` Enlist drops it, and the response names it.
- Limits, transformations and the vendor's own options are on the page of each vendor.
- [vendors.md](vendors.md) explains every parameter that a vendor documents.

Some rules hold for every vendor:

- Enlist sends the domain of an email address in A-label form (` + "`xn--…`" + `), since no vendor documents
  another form.
- A telephone extension (` + "`;ext=12`" + `) is sent unchanged. Sell&Sign refuses a mobile number with an
  extension, since it sends codes there. Caliq takes 20 characters, including the extension.
- Enlist refuses control characters in text (U+0000 to U+001F and U+007F to U+009F) with
  ` + "`INVALID_FIELD`" + `. Only these fields may contain line breaks (LF, CR) and tabs:
  `

const aboutFieldsTable = `
"required" means that the vendor needs a value. The value may also come from a setting or from
another field, which the vendor's page names.

`

// fieldsTable returns the table of a provider's fields, by path.
func fieldsTable(provider *enlistv1.Provider) string {
	var out strings.Builder
	out.WriteString("\n| field | vendor's field | required | limits | transformation | otherwise from | note |\n|---|---|---|---|---|---|---|\n")
	for _, field := range provider.GetFields() {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s |\n", quoted(field.GetPath()), quoted(field.GetWireField()), yes(field.GetRequired()),
			limits(field), strings.ToLower(strings.ReplaceAll(field.GetTransformation(), "_", " ")), standIns(field), cell(field.GetNote()))
	}
	return out.String() + "\n"
}

// multiline lists the fields of a create request that may have several lines.
func multiline() []string {
	var all []string
	var visit func(message protoreflect.MessageDescriptor, path string)
	visit = func(message protoreflect.MessageDescriptor, path string) {
		for i := range message.Fields().Len() {
			field := message.Fields().Get(i)
			if rules.IsMultiline(field) {
				all = append(all, quoted(path+string(field.Name())))
			}
			if field.Message() != nil {
				visit(field.Message(), path+string(field.Name())+".")
			}
		}
	}
	visit((&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor(), "")
	return all
}

func limits(field *enlistv1.FieldSupport) string {
	var all []string
	if field.MinLength != nil && field.GetMinLength() > 1 {
		all = append(all, fmt.Sprintf("at least %d", field.GetMinLength()))
	}
	if field.MaxLength != nil {
		all = append(all, fmt.Sprintf("at most %d", field.GetMaxLength()))
	}
	if field.GetPattern() != "" {
		all = append(all, quoted(field.GetPattern()))
	}
	return strings.Join(all, ", ")
}

// standIns names the values that fill the field when its path is unset.
func standIns(field *enlistv1.FieldSupport) string {
	var all []string
	for _, path := range field.GetFallbackPaths() {
		all = append(all, quoted(path))
	}
	if field.GetSetting() != "" {
		all = append(all, "setting "+quoted(field.GetSetting()))
	}
	return strings.Join(all, ", ")
}

func quoted(text string) string { return "`" + cell(text) + "`" }

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}
