package main

import (
	"encoding/json"
	"regexp"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// comment returns the contract's comment on an element. It joins the comment's lines to
// paragraphs.
func comment(of protoreflect.Descriptor) string {
	var paragraphs []string
	for _, paragraph := range strings.Split(strings.TrimSpace(of.ParentFile().SourceLocations().ByDescriptor(of).LeadingComments), "\n\n") {
		paragraphs = append(paragraphs, strings.Join(strings.Fields(paragraph), " "))
	}
	return strings.Join(paragraphs, "\n\n")
}

var (
	exampleText = regexp.MustCompile("Example: (`[^`]+`(?:(?:, | or )`[^`]+`)*)")
	quoted      = regexp.MustCompile("`[^`]+`")
)

// examplesOf returns the example values in a comment.
func examplesOf(text string, field protoreflect.FieldDescriptor) (values []any) {
	found := exampleText.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	for _, text := range quoted.FindAllString(found[1], -1) {
		var value any = strings.Trim(text, "`")
		if field.Kind() != protoreflect.StringKind || field.IsList() {
			if json.Unmarshal([]byte(value.(string)), &value) != nil {
				return nil
			}
		}
		values = append(values, value)
	}
	return values
}
