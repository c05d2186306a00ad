package importer

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// provider is one that takes fields of every kind.
func provider() *enlistv1.Provider {
	made := &enlistv1.Provider{Name: "p"}
	for _, path := range []string{
		"customer.id", "customer.email", "customer.name.given_name", "customer.name.family_name", "customer.birth_date", "customer.properties[*]",
		"customer.billing_address.lines[0]", "customer.billing_address.lines[1]", "customer.billing_address.city", "customer.billing_address.latitude",
		"customer.shipping_address.city", "customer.organization.name", "opencell.payment_method", "opencell.is_company", "opencell.custom_fields[*].code",
		"opencell.custom_fields[*].string_value", "opencell.custom_fields[*].long_value", "opencell.bank_coordinates.iban",
		"opencell.discount_plans_for_termination[*]", "opencell.custom_fields[*].map_value.entries[*].long_value",
	} {
		made.Fields = append(made.Fields, &enlistv1.FieldSupport{Path: path})
	}
	made.Fields[0].FallbackPaths = []string{"request_id"}
	return made
}

// read scans a file and returns its rows as requests.
func read(t *testing.T, name, content, delimiter string, mapping Mapping) (requests []string, c *columns, found *scan, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := openSource(t.Context(), file, "", delimiter, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	defer func() { _ = s.Close() }()
	c = newColumns(s, newCatalog(provider(), mapping.Constants), mapping)
	if found, err = scanSource(s, c); err != nil {
		return nil, c, nil, err
	}
	for row, err := range s.rows() {
		if err != nil {
			t.Fatal(err)
		}
		request, wrong := c.request(row)
		text, err := protojson.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.ReplaceAll(string(text), ": ", ":")
		said = strings.ReplaceAll(said, ", ", ",")
		for _, violation := range wrong {
			said += "|" + violation.Column + " " + violation.Message
		}
		requests = append(requests, said)
	}
	return requests, c, found, nil
}

// A request_id must never change: an import that is continued with a later version would create
// each customer once more.
func TestRequestIDs(t *testing.T) {
	if id := requestIDOf("opencell", "opencell", "C-1", 0); id != "3d728b57-52a5-5837-9f2b-7c49cd9d1488" {
		t.Errorf("the request_id is %s", id)
	}
	seen := map[string]bool{}
	for _, id := range []string{
		requestIDOf("a", "b", "c", 0), requestIDOf("a", "b", "c", 1), requestIDOf("x", "b", "c", 0), requestIDOf("a", "x", "c", 0), requestIDOf("a", "b", "x", 0),
	} {
		if seen[id] {
			t.Errorf("%s stands for two requests", id)
		}
		seen[id] = true
	}
}

func TestRows(t *testing.T) {
	for name, c := range map[string]struct {
		file, content, delimiter string
		mapping                  Mapping
		want                     []string
	}{
		"names in any notation": {
			file: "a.csv", content: "ID,Given name,familyName,E_MAIL,billing_address.City\nC1,Ada,Lovelace,a@b.c,Nice\n",
			want: []string{`"id":"C1","name":{"givenName":"Ada","familyName":"Lovelace"},"email":"a@b.c","billingAddress":{"city":"Nice"}}`},
		},
		"BOM, CRLF, semicolons, quoted line breaks": {
			file: "a.csv", delimiter: ";", content: "\ufeffid;billing_address.lines\r\n\"C;1\";\"a \"\"b\"\"\nc\"\r\n;\r\nC2;=1+1\r\n",
			want: []string{`"id":"C;1","billingAddress":{"lines":["a \"b\"","c"]}}`, `{}`, `"id":"C2","billingAddress":{"lines":["=1+1"]}}`},
		},
		"TSV": {file: "a.tsv", content: "id\tcity, old\nC1\tNice\n", mapping: Mapping{Columns: map[string]string{"city, old": "customer.billing_address.city"}}, want: []string{`"city":"Nice"`}},
		"lists, maps, numbers, dates, enums": {
			file: "a.csv",
			content: "properties.A.b,lines[1],latitude,birth_date,payment_method,is_company,opencell.custom_fields[0].code,opencell.custom_fields[0].long_value," +
				"opencell.custom_fields[1].map_value.entries[k].long_value,opencell.discount_plans_for_termination\n" +
				"x,second,-1.5,1984-02-29,check,TRUE,CF,12,7,\"A\nB\"\n",
			want: []string{
				`"properties":{"A.b":"x"}`, `"lines":["","second"]`, `"latitude":-1.5`, `"birthDate":{"year":1984,"month":2,"day":29}`,
				`"paymentMethod":"OPENCELL_PAYMENT_METHOD_CHECK"`, `"isCompany":true`, `"code":"CF","longValue":"12"`, `"entries":{"k":{"longValue":"7"}}`,
				`"discountPlansForTermination":["A","B"]`,
			},
		},
		"nested NDJSON": {
			file: "a.ndjson",
			content: `{"customer": {"id": "C1", "name": {"family_name": "L"}, "billing_address": {"lines": ["a", "b"], "latitude": 1.50}, "email": null}}` + "\n\n" +
				`{"customer": {"id": "C2", "properties": {"K": "v"}}, "opencell": {"isCompany": false}}` + "\n",
			want: []string{`"id":"C1","name":{"familyName":"L"},"billingAddress":{"lines":["a","b"],"latitude":1.5}}`, `"properties":{"K":"v"}`, `"isCompany":false`},
		},
		"constants and ignored columns": {
			file: "a.csv", content: "id,Note\nC1,x\n",
			mapping: Mapping{Constants: map[string]string{"billing_address.city": "NO", "on_existing": "adopt"}, Ignored: []string{"Note"}},
			want:    []string{`"city":"NO"`, `"onExisting":"ON_EXISTING_ADOPT"`},
		},
		"what is wrong with values": {
			file: "a.csv", content: "id,latitude,birth_date,payment_method,is_company,custom_fields\nC1,\"1,5\",29.02.1984,gold,maybe,1.0\nC2,0x1p4,1983-02-29,,,\nC3,NaN,,,,99999999999999999999\n",
			mapping: Mapping{Columns: map[string]string{"custom_fields": "opencell.custom_fields[0].long_value"}},
			want: []string{
				"|birth_date must be a date as YYYY-MM-DD", "|latitude must be a number with a decimal point", "|payment_method must be one of CHECK, DIRECTDEBIT",
				"|is_company must be true or false", "|custom_fields must be a whole number without", "|custom_fields must be a whole number of at most 64 bits",
			},
		},
		"two members of a oneof": {
			file: "a.csv", content: "id,opencell.custom_fields[0].string_value,opencell.custom_fields[0].long_value\nC1,a,1\nC2,a,\n",
			want: []string{"excludes long_value, which this row also sets", `"customFields":[{"stringValue":"a"}]`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			requests, _, _, err := read(t, c.file, c.content, c.delimiter, c.mapping)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(strings.Join(requests, "\n"), want) {
					t.Errorf("no %s in\n%s", want, strings.Join(requests, "\n"))
				}
			}
		})
	}
}

// A file that cannot be read whole is refused before anything is sent.
func TestRefusedFiles(t *testing.T) {
	for name, c := range map[string]struct {
		file, content, delimiter string
		mapping                  Mapping
		want                     string
	}{
		"unknown column":        {file: "a.csv", content: "id,Shoe size\n", want: `column "Shoe size" matches no field that p takes`},
		"unsupported column":    {file: "a.csv", content: "id,fax\n", want: `column "fax" is customer.fax, which p does not take`},
		"ambiguous column":      {file: "a.csv", content: "id,City\n", want: `column "City" may be customer.billing_address.city or customer.shipping_address.city`},
		"several values":        {file: "a.csv", content: "id,Name\n", want: `column "Name" has several values: use one of Name.title, Name.given_name`},
		"request_id":            {file: "a.csv", content: "id,request_id\n", want: `is what the import sets itself`},
		"the same path twice":   {file: "a.csv", content: "id,customer.id\n", want: `column "id" and column "customer.id" both set customer.id`},
		"constant and column":   {file: "a.csv", content: "id\n", mapping: Mapping{Constants: map[string]string{"id": "C"}}, want: `the constants and column "id" both set`},
		"bad constant":          {file: "a.csv", content: "id\n", mapping: Mapping{Constants: map[string]string{"birth_date": "today"}}, want: `constants: birth_date must be a date`},
		"mapping without":       {file: "a.csv", content: "id\n", mapping: Mapping{Columns: map[string]string{"Tel": "email"}}, want: `the mapping names column "Tel"`},
		"key without":           {file: "a.csv", content: "id\n", mapping: Mapping{Key: "Nr"}, want: `--key names column "Nr"`},
		"index":                 {file: "a.csv", content: "id,billing_address.lines[x]\n", want: `needs a number in brackets after lines`},
		"empty":                 {file: "a.csv", content: "", want: `is empty`},
		"column without a name": {file: "a.csv", content: "id,,x\n", want: `column 2 has no name`},
		"column twice":          {file: "a.csv", content: "id,id\n", want: `two columns have the name "id"`},
		"other delimiter":       {file: "a.csv", content: "id;email\nC1;a\n", want: `add --delimiter ';'`},
		"short row":             {file: "a.csv", content: "id,email\nC1,a\nC2\n", want: `line 3 has 1 cells, and the header has 2`},
		"quote":                 {file: "a.csv", content: "id,email\nC1,a\"b\n", want: `line 2 (the row begins in line 2) has a quote in the wrong place`},
		"open quote":            {file: "a.csv", content: "id,email\nC1,\"ab\n\n", want: `(the row begins in line 2) has a quote in the wrong place`},
		"CR alone":              {file: "a.csv", content: "id,email\rC1,a\r", want: `end with CR alone`},
		"Latin-1":               {file: "a.csv", content: "id,email\nC1,a\nC2,M\xfcller\n", want: `line 3, column "email" is not in UTF-8. Convert the file, for example: iconv -f WINDOWS-1252`},
		"Latin-1 header":        {file: "a.csv", content: "id,Stra\xdfe\n", want: `is not in UTF-8`},
		"UTF-16":                {file: "a.csv", content: "\xff\xfei\x00d\x00", want: `iconv -f UTF-16`},
		"UTF-16 without a BOM":  {file: "a.csv", content: "i\x00d\x00", want: `iconv -f UTF-16`},
		"spreadsheet":           {file: "a.csv", content: "PK\x03\x04zip", want: `save it as CSV`},
		"compressed":            {file: "a.csv", content: "\x1f\x8b\x08\x00", want: `is compressed`},
		"unknown format":        {file: "a.txt", content: "id\n", want: `--format must be csv, tsv or ndjson`},
		"delimiter of NDJSON":   {file: "a.ndjson", content: "{}\n", delimiter: ";", want: `--delimiter must be one character of a CSV file`},
		"JSON array":            {file: "a.ndjson", content: "[{\"id\": \"C1\"}]\n", want: `line 1 must be one JSON object`},
		"two objects":           {file: "a.ndjson", content: "{\"id\": \"C1\"} {}\n", want: `line 1 must have one JSON object, and has more`},
		"member twice":          {file: "a.ndjson", content: "{\"id\": \"C1\"}\n{\"name\": {\"title\": \"a\", \"title\": \"b\"}}\n", want: `line 2: the object at "/name" has a member twice`},
		"no JSON":               {file: "a.ndjson", content: "{\"id\": C1}\n", want: `line 1: is not JSON from character`},
		"member without a name": {file: "a.ndjson", content: "{\"id\": \"C1\", \"name\": {\"\": \"x\"}}\n", want: `line 1: the object at "/name" has a member without a name`},
		"delimiter of TSV":      {file: "a.tsv", content: "id\n", delimiter: ";", want: `--delimiter must be one character of a CSV file`},
		"unknown member":        {file: "a.ndjson", content: "{\"id\": \"C1\"}\n{\"customer\": {\"shoe\": 1}}\n", want: `column "customer.shoe" matches no field`},
		"rejects of two":        {file: "a.csv", content: "id,enlist_import\nC1,a\nC2,b\n", want: `line 3 is of another import`},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := read(t, c.file, c.content, c.delimiter, c.mapping)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// The key of a row is its id, the column of --key, or what a file of rejects says. Without any, the
// content is the key, in every order of columns.
func TestKeys(t *testing.T) {
	keys := func(content string, mapping Mapping) (all []string, found *scan) {
		_, c, found, err := read(t, "a.csv", content, "", mapping)
		if err != nil {
			t.Fatal(err)
		}
		s, err := openSource(t.Context(), c.source.name, CSV, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		c.source.file = s.file
		c.source.changed = s.changed
		for row, err := range c.source.rows() {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, c.keyOf(row, found.byContent))
		}
		return all, found
	}
	if all, _ := keys("email,id\na,C1\nb,C2\n", Mapping{}); strings.Join(all, " ") != "C1 C2" {
		t.Errorf("the ids: %q", all)
	}
	if all, _ := keys("email,id,Nr\na,C1,7\nb,C2,8\n", Mapping{Key: "Nr"}); strings.Join(all, " ") != "7 8" {
		t.Errorf("--key: %q", all)
	}
	if all, _ := keys("id,enlist_key\nC1,K1\nC2,\n", Mapping{}); strings.Join(all, " ") != "K1 C2" {
		t.Errorf("rejects: %q", all)
	}
	first, _ := keys("id,email,city\n,a,\n,b,x\n", Mapping{Columns: map[string]string{"city": "customer.billing_address.city"}})
	second, found := keys("city,email\n,a\nx,b\nx,b\n", Mapping{Columns: map[string]string{"city": "customer.billing_address.city"}})
	if !strings.HasPrefix(first[0], contentPrefix) || first[0] == first[1] || first[0] != second[0] || first[1] != second[1] {
		t.Errorf("by content: %q and %q", first, second)
	}
	if lines := found.twice[digestOf(second[1])]; len(lines) != 2 || lines[0] != 3 || lines[1] != 4 {
		t.Errorf("the same rows: %v", found.twice)
	}
	if _, found := keys("id,email\nC1,a\nC2,b\nC1,c\n", Mapping{}); len(found.twice) != 1 || len(found.twice[digestOf("C1")]) != 2 {
		t.Errorf("the same keys: %v", found.twice)
	}
}

// What is read once is kept encrypted, and can be read again. Ctrl-C ends the wait for it.
func TestStdin(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	silent, _ := io.Pipe()
	if _, err := openSource(stopped, "-", CSV, "", silent); err == nil || !strings.Contains(err.Error(), "stopped before all rows were read") {
		t.Errorf("after Ctrl-C: %v", err)
	}
	s, err := openSource(t.Context(), "-", NDJSON, "", strings.NewReader("{\"id\": \"secret\"}\n{\"id\": \"C2\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for range 2 {
		rows := 0
		for row, err := range s.rows() {
			if err != nil || row.Values[0] != "secret" && row.Values[0] != "C2" {
				t.Fatal(row, err)
			}
			rows++
		}
		if rows != 2 {
			t.Errorf("%d rows", rows)
		}
	}
	raw := make([]byte, 1024)
	n, _ := s.file.ReadAt(raw, 0)
	if n == 0 || strings.Contains(string(raw), "secret") {
		t.Errorf("the copy has %d bytes in the clear", n)
	}
}

// A file of results is continued. A line that a crash has cut goes, and nothing else.
func TestResults(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.results.ndjson")
	open := func() *results {
		r, err := openResults(name, "i", "p")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := open()
	for _, result := range []Result{
		{Key: "C1", Outcome: Rejected, Content: "0102030405060708"},
		{Key: "C1", Outcome: Created, Content: "1112131415161718", RequestID: "r"},
		{Key: "C1", Outcome: Rejected},
		{Key: "C2", Outcome: Unknown, Reason: "OUTCOME_UNKNOWN", RequestID: "unknown"},
		{Key: "C2", Outcome: Unknown, RequestID: "not received"},
	} {
		result.Import, result.Provider = "i", "p"
		if err := r.write(&result); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := openResults(name, "i", "p"); err == nil || !strings.Contains(err.Error(), "another import uses") {
		t.Errorf("two at once: %v", err)
	}
	if _, err := r.file.WriteString(`{"key": "C3", "outc`); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open()
	one, is := r.known.find(digestOf("C1"))
	if !is || !one.created || one.content != [8]byte{0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18} || r.latest.RequestID != "unknown" {
		t.Errorf("C1 is %+v", one)
	}
	if two, is := r.known.find(digestOf("C2")); !is || two.created || len(r.known) != 2 {
		t.Errorf("%+v", r.known)
	}
	if err := r.write(&Result{Key: "C3", Outcome: Created, Import: "i", Provider: "p"}); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	if content, err := os.ReadFile(name); err != nil || strings.Count(string(content), "\n") != 6 || strings.Contains(string(content), `"outc{`) {
		t.Errorf("%v\n%s", err, content)
	}
	if info, _ := os.Stat(name); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if _, err := openResults(name, "other", "p"); err == nil || !strings.Contains(err.Error(), `has results of import "i"`) {
		t.Errorf("another import: %v", err)
	}
	if err := os.WriteFile(name, []byte("{}x\n{\"key\": \"C1\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openResults(name, "i", "p"); err == nil || !strings.Contains(err.Error(), "damaged in line 1") {
		t.Errorf("damage: %v", err)
	}
}

// The rejects of an import have the results of the first file.
func TestNames(t *testing.T) {
	for input, want := range map[string]names{
		"d/customers.csv":           {"d/customers.i.results.ndjson", "d/customers.i.rejects.csv", "d/customers.i.rejects.csv.partial"},
		"customers.i.rejects.csv":   {"customers.i.results.ndjson", "customers.i.rejects-2.csv", "customers.i.rejects-2.csv.partial"},
		"customers.i.rejects-2.csv": {"customers.i.results.ndjson", "customers.i.rejects-3.csv", "customers.i.rejects-3.csv.partial"},
		"-":                         {"stdin.i.results.ndjson", "stdin.i.rejects.csv", "stdin.i.rejects.csv.partial"},
	} {
		if got := namesFor(input, "i", ""); got != want {
			t.Errorf("%s: %+v", input, got)
		}
	}
	if got := namesFor("d/a.csv", "a/../b", "out").results; got != "out/a.a_.._b.results.ndjson" {
		t.Error(got)
	}
}

// Rows without a key cannot be edited after others were created: they would be new.
func TestEditedRows(t *testing.T) {
	_, _, found, err := read(t, "a.csv", "email\na\nb\n", "", Mapping{})
	if err != nil {
		t.Fatal(err)
	}
	of := func(keys ...digest) knownKeys {
		var all knownKeys
		for _, key := range keys {
			all = append(all, known{key: key, created: true})
		}
		return all.sorted()
	}
	for name, c := range map[string]struct {
		results knownKeys
		refused bool
	}{
		"first run": {}, "the same": {results: of(found.keys[0].key, found.keys[1].key)}, "the rest": {results: of(found.keys[0].key)},
		"an edited row": {results: of(found.keys[0].key, digestOf("gone")), refused: true},
	} {
		if err := found.editedRows(c.results, "r"); (err != nil) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}
