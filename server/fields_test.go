package server_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
)

var update = flag.Bool("update", false, "write the pages of docs/ that are generated")

// docs/fields.md is what ListProviders answers, which comes from the annotations.
func TestFieldsPage(t *testing.T) {
	const page = "../docs/fields.md"
	listed, err := enlistv1.NewProviderServiceClient(start(t, nil).grpc).ListProviders(t.Context(), &enlistv1.ListProvidersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	got := markdown(listed.GetProviders())
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("docs/fields.md is not what ListProviders answers: make docs")
	}
}

// markdown returns the table of every provider's fields, by vendor and path.
func markdown(providers []*enlistv1.Provider) string {
	var out strings.Builder
	out.WriteString("# What each vendor takes\n\nWhat `GetProvider` answers, read from the annotations of the vendors' wire messages; `make docs` writes this page.\n" +
		"A field that is not in a vendor's table is refused there, or on request dropped and named.\n\n" +
		"Enlist refuses control characters in text (U+0000 to U+001F and U+007F to U+009F) with\n`INVALID_FIELD`, whatever the vendor. " +
		"Line breaks (LF, CR) and tabs are allowed in these fields:\n" + strings.Join(multiline(), ", ") + ".\n\n" +
		"Every vendor is sent the domain of an email address in A-label form (`xn--…`), and a telephone\nextension unchanged (`;ext=12`): no vendor documents " +
		"another form. Sell&Sign refuses a mobile\nnumber with an extension, since it sends codes there; Caliq takes 20 characters, the extension\nincluded.\n")
	sorted := slices.SortedFunc(slices.Values(providers), func(a, b *enlistv1.Provider) int { return cmp.Compare(a.GetVendor(), b.GetVendor()) })
	for _, provider := range sorted {
		fmt.Fprintf(&out, "\n## %s\n\n| field | vendor's field | required | limits | transformation | else | note |\n|---|---|---|---|---|---|---|\n",
			strings.TrimPrefix(provider.GetVendor().String(), "VENDOR_"))
		for _, field := range provider.GetFields() {
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s |\n", quoted(field.GetPath()), quoted(field.GetWireField()), yes(field.GetRequired()),
				limits(field), strings.ToLower(strings.ReplaceAll(field.GetTransformation(), "_", " ")), standIns(field), cell(field.GetNote()))
		}
	}
	return out.String()
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

// standIns names what fills the field when its path is not set.
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
