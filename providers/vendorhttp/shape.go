package vendorhttp

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/enlist-dev/enlist/providers"
)

const (
	// mostOfValue is how many characters of a value a shape shows.
	mostOfValue = 40
	// mostOfTitle is how many characters of a page's title a shape shows.
	mostOfTitle = 200
)

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// Shape returns the form of a body without its values, because it may contain other customers. JSON
// keeps its structure and the names of its members. In values, and in all that is no JSON, letters
// become x and digits become 0. A page keeps its title. size is that of the whole body, of which
// body may be the start.
func Shape(body []byte, size int64) string {
	form := fmt.Sprintf("(%d bytes, shown without values)\n", size)
	if providers.IsPage(body) {
		text := "an HTML page"
		if found := title.FindSubmatch(body); found != nil {
			text += " with the title " + Cut(strings.Join(strings.Fields(html.UnescapeString(string(found[1]))), " "), mostOfTitle)
		}
		return form + text
	}
	shown, rest := shapeOfJSON(body)
	return form + shown + masked(rest)
}

// shapeOfJSON returns the shape of the JSON at the start of a body, and what follows where the
// body is no JSON or ends.
func shapeOfJSON(body []byte) (shown, rest string) {
	tokens := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	var out bytes.Buffer
	for out.Len() <= mostShown {
		read := tokens.InputOffset()
		token, err := tokens.ReadToken()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return out.String(), ""
			}
			after := string(body[read:])
			if strings.HasSuffix(out.String(), ":") { // the body's own colon
				after = strings.Replace(after, ":", "", 1)
			}
			return out.String(), after
		}
		kind, count := tokens.StackIndex(tokens.StackDepth())
		appendShape(&out, token, kind == '{' && count%2 == 1 && token.Kind() == '"')
	}
	return out.String(), ""
}

// appendShape writes a token without its value. isName says that it is the name of a member.
func appendShape(out *bytes.Buffer, token jsontext.Token, isName bool) {
	kind := token.Kind()
	if text := out.Bytes(); len(text) > 0 && !bytes.ContainsAny(text[len(text)-1:], "{[:") && kind != '}' && kind != ']' {
		out.WriteString(",")
	}
	switch {
	case isName:
		out.WriteString(`"` + Cut(token.String(), mostOfValue) + `":`)
	case kind == '"':
		out.WriteString(`"` + Cut(masked(token.String()), mostOfValue) + `"`)
	case kind == '0':
		out.WriteString(masked(token.String()))
	default:
		out.WriteString(token.String())
	}
}

// masked returns a text with x for its letters and 0 for its digits.
func masked(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r):
			return 'x'
		case unicode.IsNumber(r):
			return '0'
		case unicode.IsMark(r):
			return -1
		}
		return r
	}, Cut(text, mostShown))
}
