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

func TestEachElement(t *testing.T) {
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
		found, err := EachElement(iotest.OneByteReader(strings.NewReader(c.json)), "list", func(element json.RawMessage) error {
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

func TestEachElementEnds(t *testing.T) {
	broken := errors.New("broken")
	for _, failing := range []string{``, `{`, `{"a":"`, `{"list":[1`, `{"list":[1]`, `{"list":[1]}`} {
		r := io.MultiReader(strings.NewReader(failing), iotest.ErrReader(broken))
		if found, err := EachElement(r, "list", func(json.RawMessage) error { return nil }); found || !errors.Is(err, broken) {
			t.Errorf("the reader fails after %s: %t, %v", failing, found, err)
		}
	}
	visited := 0
	found, err := EachElement(strings.NewReader(`{"list":[1,2,3]}`), "list", func(json.RawMessage) error {
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
func TestEachElementIsDiscreet(t *testing.T) {
	for _, data := range []string{`{"list":["a",~]}`, `{"other":~}`, `~`, `{"list":[]}~`, `{"list":[~`, ``, `{`, `{"list":[`, `{"list":[]}{}`} {
		_, err := EachElement(strings.NewReader(data), "list", func(json.RawMessage) error { return nil })
		if !errors.Is(err, errNotObject) || errors.Is(err, io.EOF) || strings.Contains(err.Error(), "~") {
			t.Errorf("%s: %v", data, err)
		}
	}
}

// EachElement visits elements as they arrive. visit may keep them.
func TestEachElementStreams(t *testing.T) {
	r, w := io.Pipe()
	visited := make(chan json.RawMessage)
	go func() {
		_, err := EachElement(r, "list", func(element json.RawMessage) error {
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

// EachElement visits the elements that encoding/json decodes.
func FuzzEachElement(f *testing.F) {
	f.Add([]byte(`{"a":[{"list":[0]}],"list":[1,{"a":"x"},null],"b":"\u0041"}`))
	f.Add([]byte("\ufeff{\"list\":[1e9,]}"))
	f.Add([]byte(`{"list":[],"list":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var elements []json.RawMessage
		found, err := EachElement(bytes.NewReader(data), "list", func(element json.RawMessage) error {
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

// BenchmarkEachElement reads a list of 100,000 rows.
func BenchmarkEachElement(b *testing.B) {
	list := `{"CustomerChangeList":[` + strings.Repeat(`{"ID":123456,"AccountNo":"CLASSIC-C00"},`, 99_999) + `{"ID":1,"AccountNo":"x"}]}`
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := EachElement(strings.NewReader(list), "CustomerChangeList", func(json.RawMessage) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
