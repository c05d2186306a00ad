package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// eachElement calls visit with each element of the list with that name in a JSON object.
func eachElement(r io.Reader, member string, visit func(element json.RawMessage) error) (found bool, err error) {
	s := NewStream(r, nil)
	_, err = s.Object(map[string]func() error{member: func() (err error) {
		found, err = s.Elements(func() error {
			element, err := s.Value()
			if err != nil {
				return err
			}
			return visit(bytes.Clone(element))
		})
		return err
	}})
	if err == nil {
		err = s.End()
	}
	return found && err == nil, err
}

func TestStream(t *testing.T) {
	for _, c := range []struct {
		json, elements string // separated by a space
		found, ok      bool
	}{
		{`{"list":[]}`, ``, true, true},
		{`{"list":[1,{"a":[2]},null,"x",[]]}`, `1 {"a":[2]} null "x" []`, true, true},
		{"\ufeff { \"list\" : [ 1 , 2 ] }\r\n", `1 2`, true, true},
		{`{"a":{"list":[1]},"b":[{"list":[2]}],"c":1e999,"d":"x","list":[3],"e":[[]],"f":{"g":null}}`, `3`, true, true},
		{`{"l\u0069st":[1]}`, `1`, true, true},
		{`{"other":1,"other":2,"list":[1]}`, `1`, true, true},
		{"{\"other\":\"\xff\\ud800\",\"list\":[\"\xff\"]}", "\"\xff\"", true, true},
		{`{"list":[{"a":1,"a":2}]}`, `{"a":1,"a":2}`, true, true},
		// no list
		{`{}`, ``, false, true},
		{`{"List":[1]}`, ``, false, true},
		{`{"list":null}`, ``, false, true},
		{`{"list":{"a":[1]}}`, ``, false, true},
		{`{"list":"[1]"}`, ``, false, true},
		{`{"list":7}`, ``, false, true},
		// errors
		{``, ``, false, false},
		{"\ufeff", ``, false, false},
		{"\ufeff\ufeff{}", ``, false, false},
		{`null`, ``, false, false},
		{`[1]`, ``, false, false},
		{`"list"`, ``, false, false},
		{`<html>`, ``, false, false},
		{`{"list":[1],"list":[2]}`, `1`, false, false},
		{`{"list":null,"list":[2]}`, ``, false, false},
		{`{"list":[1]`, `1`, false, false},
		{`{"list":[1`, `1`, false, false},
		{`{"list":[1,`, `1`, false, false},
		{`{"list":[1,]}`, `1`, false, false},
		{`{"list":[,1]}`, ``, false, false},
		{`{"list":[1 2]}`, `1`, false, false},
		{`{"list":[1}`, `1`, false, false},
		{`{"list":[01]}`, `0`, false, false},
		{`{"list":[1]}}`, `1`, false, false},
		{`{"list":[1]} {}`, `1`, false, false},
		{`{"list":[1]},`, `1`, false, false},
		{`{"list":[1],}`, `1`, false, false},
		{`{"list":[1],"other":{"a":]}`, `1`, false, false},
		{`{"list":[1],"other":[`, `1`, false, false},
		{`{"list":[1],"other":` + strings.Repeat("[", 10001) + strings.Repeat("]", 10001) + `}`, `1`, false, false},
		{`{"list":[` + strings.Repeat("[", 10001) + strings.Repeat("]", 10001) + `]}`, ``, false, false},
	} {
		var elements []string
		found, err := eachElement(iotest.OneByteReader(strings.NewReader(c.json)), "list", func(element json.RawMessage) error {
			elements = append(elements, string(element))
			return nil
		})
		if got := strings.Join(elements, " "); found != c.found || (err == nil) != c.ok || got != c.elements {
			t.Errorf("%.100q gives %.100s, %t, %v", c.json, got, found, err)
		}
		if HasList([]byte(c.json), "list") != c.found {
			t.Errorf("%.100q: HasList differs", c.json)
		}
	}
}

func TestStreamEnds(t *testing.T) {
	broken := errors.New("broken")
	for _, failing := range []string{``, `{`, `{"a":"`, `{"list":[1`, `{"list":[1]`, `{"list":[1]}`} {
		r := io.MultiReader(strings.NewReader(failing), iotest.ErrReader(broken))
		if found, err := eachElement(r, "list", func(json.RawMessage) error { return nil }); found || !errors.Is(err, broken) {
			t.Errorf("the reader fails after %s: %t, %v", failing, found, err)
		}
	}
	visited := 0
	found, err := eachElement(strings.NewReader(`{"list":[1,2,3]}`), "list", func(json.RawMessage) error {
		if visited++; visited == 2 {
			return broken
		}
		return nil
	})
	if found || err != broken || visited != 2 { //nolint:errorlint // the very error
		t.Errorf("visit fails: %t, %v after %d elements", found, err, visited)
	}
}

// No error repeats the vendor's data, and the end of the data is not io.EOF.
func TestStreamIsDiscreet(t *testing.T) {
	for _, data := range []string{`{"list":["a",~]}`, `{"other":~}`, `~`, `{"list":[]}~`, `{"list":[~`, ``, `{`, `{"list":[`, `{"list":[]}{}`} {
		_, err := eachElement(strings.NewReader(data), "list", func(json.RawMessage) error { return nil })
		if !errors.Is(err, errNotObject) || errors.Is(err, io.EOF) || strings.Contains(err.Error(), "~") {
			t.Errorf("%s: %v", data, err)
		}
	}
}

// A stream gives elements as they arrive.
func TestStreamStreams(t *testing.T) {
	r, w := io.Pipe()
	visited := make(chan json.RawMessage)
	go func() {
		_, err := eachElement(r, "list", func(element json.RawMessage) error {
			visited <- element
			return nil
		})
		close(visited)
		_ = r.CloseWithError(err)
	}()
	_, _ = w.Write([]byte(`{"list":["first",`))
	first := <-visited
	_, _ = w.Write([]byte(`"other",`))
	<-visited
	_ = w.Close()
	if _, more := <-visited; more || string(first) != `"first"` {
		t.Errorf("the first element is %s", first)
	}
}

// Object returns the members that it does not visit, as received, and lists may be nested.
func TestStreamNested(t *testing.T) {
	s := NewStream(strings.NewReader(`{"b":"\u0041","list":[{"id":1,"rows":[1,2],"x":null},{"rows":[3],"id":2}],"b":[1, 2],"c\"":0}`), nil)
	var got []string
	rest, err := s.Object(map[string]func() error{"list": func() error {
		_, err := s.Elements(func() error {
			rest, err := s.Object(map[string]func() error{"rows": func() error {
				_, err := s.Elements(func() error {
					row, err := s.Value()
					got = append(got, string(row))
					return err
				})
				return err
			}})
			got = append(got, string(rest))
			return err
		})
		return err
	}})
	const want = `1 2 {"id":1,"x":null} 3 {"id":2}`
	if err != nil || s.End() != nil || strings.Join(got, " ") != want || string(rest) != `{"b":"\u0041","b":[1, 2],"c\"":0}` {
		t.Errorf("%v, %s, %s", err, got, rest)
	}
}

// A stream asks once before it reads a large value, also outside the list. No value may be longer
// than MaxValue, nor all members outside the list together.
func TestStreamLarge(t *testing.T) {
	refused := errors.New("refused")
	text := func(size int) string { return `"` + strings.Repeat("x", size) + `"` }
	for _, c := range []struct {
		name, json string
		asked      int
		ok         bool
	}{
		{"small values", `{"list":[` + strings.Repeat(text(1000)+",", 1000) + `1]}`, 0, true},
		{"large values", `{"list":[` + text(2*fromLarge) + "," + text(2*fromLarge) + `]}`, 1, true},
		{"beside the list", `{"list":[],"x":` + text(2*fromLarge) + `}`, 1, true},
		{"a name", `{"list":[],` + text(2*fromLarge) + `:1}`, 1, true},
		{"almost too long", `{"list":[` + text(MaxValue-100) + `]}`, 1, true},
		{"too long", `{"list":[` + text(MaxValue+fromLarge) + `]}`, 1, false},
		{"too much in all", `{"list":[],"x":` + text(MaxValue/2+fromLarge) + `,"y":` + text(MaxValue/2+fromLarge) + `}`, 1, false},
	} {
		for _, refuse := range []error{nil, refused} {
			asked := 0
			s := NewStream(strings.NewReader(c.json), func() error {
				asked++
				return refuse
			})
			_, err := s.Object(map[string]func() error{"list": func() error {
				_, err := s.Elements(func() error {
					_, err := s.Value()
					return err
				})
				return err
			}})
			if asked != c.asked || (err == nil) != (c.ok && (refuse == nil || c.asked == 0)) || refuse != nil && c.asked > 0 && !errors.Is(err, refused) {
				t.Errorf("%s: asked %d times, %v", c.name, asked, err)
			}
		}
	}
}

// A stream gives the elements that encoding/json decodes.
func FuzzStream(f *testing.F) {
	f.Add([]byte(`{"a":[{"list":[0]}],"list":[1,{"a":"x"},null],"b":"\u0041"}`))
	f.Add([]byte("\ufeff{\"list\":[1e9,]}"))
	f.Add([]byte(`{"list":[],"list":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var elements []json.RawMessage
		found, err := eachElement(bytes.NewReader(data), "list", func(element json.RawMessage) error {
			elements = append(elements, element)
			return nil
		})
		plain := withoutBOM(data)
		var members map[string]json.RawMessage
		isObject := json.Unmarshal(plain, &members) == nil && members != nil
		var want []json.RawMessage
		isList := json.Unmarshal(members["list"], &want) == nil && want != nil
		switch {
		case err == nil != isObject:
			if isObject && strings.Contains(err.Error(), "twice") {
				return
			}
			t.Errorf("%q: %v", data, err)
		case err != nil:
		case found != isList || len(elements) != len(want):
			t.Errorf("%q: %t, %s", data, found, elements)
		default:
			for i := range want {
				if !bytes.Equal(elements[i], want[i]) {
					t.Errorf("%q: %s, want %s", data, elements[i], want[i])
				}
			}
		}
	})
}

// BenchmarkStream reads a list of 100,000 rows.
func BenchmarkStream(b *testing.B) {
	list := `{"CustomerChangeList":[` + strings.Repeat(`{"ID":123456,"AccountNo":"CLASSIC-C00"},`, 99_999) + `{"ID":1,"AccountNo":"x"}]}`
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := eachElement(strings.NewReader(list), "CustomerChangeList", func(json.RawMessage) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
