package avvio_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/avvio"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// Of the listed accounts, ours is the one with exactly the email and names, and a time since the
// send. Older accounts and those of other persons are no candidates. A person decides about the
// unclear ones.
func TestFind(t *testing.T) {
	since := time.Now().UTC()
	ago := func(age time.Duration) string { return strconv.Quote(since.Add(-age).Format(time.DateTime)) }
	account := func(created, email, first, last string) string {
		return fmt.Sprintf(`{"accountID":7,"dtCreated":%s,"email":%q,"name":{"first":%q,"last":%q},"password":"x-1"}`, created, email, first, last)
	}
	const mail = "guest-1@example.com"
	ours, unclear := []providers.Match{providers.MatchOurs}, []providers.Match{providers.MatchUnclear}
	for name, test := range map[string]struct {
		accounts string
		want     []providers.Match
	}{
		"ours":                     {account(ago(0), mail, "John", "Smith"), ours},
		"its email in capitals":    {account(ago(0), "GUEST-1@Example.com", " John", "Smith "), ours},
		"milliseconds":             {account(strconv.FormatInt(since.UnixMilli(), 10), mail, "John", "Smith"), ours},
		"a slow clock":             {account(ago(9*time.Minute), mail, "John", "Smith"), ours},
		"a time of another zone":   {account(ago(11*time.Hour), mail, "John", "Smith"), unclear},
		"a time still to come":     {account(ago(-5*time.Hour), mail, "John", "Smith"), unclear},
		"a day":                    {account(strconv.Quote(since.Format(time.DateOnly)), mail, "John", "Smith"), unclear},
		"no time":                  {account(`null`, mail, "John", "Smith"), unclear},
		"a time in words":          {account(`"yesterday"`, mail, "John", "Smith"), unclear},
		"there before":             {account(ago(39*time.Hour), mail, "John", "Smith"), nil},
		"a name in capitals":       {account(ago(0), mail, "JOHN", "SMITH"), unclear},
		"another person's":         {account(ago(0), "guest-2@example.com", "John", "Smith"), nil},
		"another name":             {account(ago(0), mail, "Jane", "Smith"), unclear},
		"another name, before":     {account(ago(time.Hour), mail, "Jane", "Smith"), nil},
		"another name, no time":    {account(`null`, mail, "Jane", "Smith"), nil},
		"a name cut short":         {account(ago(0), mail, "John", "Smith-Wolfeschlegelst"), unclear},
		"no email":                 {account(ago(0), "", "John", "Smith"), unclear},
		"no email, another person": {account(ago(0), "", "Jane", "Smith"), nil},
		"listed twice":             {account(ago(0), mail, "John", "Smith") + "," + account(ago(0), mail, "John", "Smith"), ours},
		"two": {
			account(ago(0), mail, "John", "Smith") + "," + strings.Replace(account(ago(time.Minute), mail, "John", "Smith"), "7", "8", 1),
			[]providers.Match{providers.MatchOurs, providers.MatchOurs},
		},
	} {
		t.Run(name, func(t *testing.T) {
			create := small(t, "1")
			create.IncludeVendorRecord = true
			creation, err := vendor(t, nil, says(200, list(test.accounts))).Prepare(create)
			if err != nil {
				t.Fatal(err)
			}
			found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since})
			if err != nil {
				t.Fatal(err)
			}
			var matches []providers.Match
			for i, candidate := range found {
				matches = append(matches, candidate.Match)
				if id := candidate.Response.GetCustomer().GetId(); id != strconv.Itoa(7+i) {
					t.Errorf("id %s", id)
				}
				record := candidate.Response.GetVendorRecord()
				if record.GetFields()["accountID"] == nil || strings.Contains(record.String(), "x-1") {
					t.Errorf("record %v", record)
				}
			}
			if !slices.Equal(matches, test.want) {
				t.Errorf("found %+v", found)
			}
		})
	}
}

// A row of our account that is only partly readable never counts as absent.
func TestFindOddRows(t *testing.T) {
	since := time.Now().UTC()
	now := strconv.Quote(since.Format(time.DateTime))
	for _, row := range []string{
		`{"accountID":null,"dtCreated":` + now + `,"email":"guest-1@example.com","name":{"first":"John","last":"Smith"}}`,
		`{"accountID":"A7","dtCreated":` + now + `,"email":"guest-1@example.com","name":{"first":"John","last":"Smith"}}`,
		`{"accountID":7,"dtCreated":null,"email":"guest-1@example.com","name":null}`,
		`{"accountID":7,"dtCreated":19,"email":"guest-1@example.com","name":null}`,
		`{"accountID":7,"dtCreated":"0001-01-01","email":"guest-1@example.com","name":{"first":"John","last":"Smith"}}`,
		`{"accountID":7,"dtCreated":` + now + `,"email":true,"name":{"first":"John","last":"Smith"}}`,
		`{"accountID":7,"dtCreated":` + now + `,"email":5,"name":{"first":true,"last":5}}`,
		`{"accountID":7,"dtCreated":true,"email":{"x":1},"name":"John Smith"}`,
		`{"accountID":7,"dtCreated":"yesterday","email":"guest-1@example.com","name":"John Smith"}`,
	} {
		creation, err := vendor(t, nil, says(200, list(row))).Prepare(small(t, "1"))
		if err != nil {
			t.Fatal(err)
		}
		found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since})
		if err != nil || len(found) != 1 || found[0].Match != providers.MatchUnclear {
			t.Errorf("%s: found %+v, %v", row, found, err)
		}
	}
}

// Without an email, only the name and the time decide. Avvio may store the name in another form,
// and such an account never counts as absent.
func TestFindWithoutAnEmail(t *testing.T) {
	since := time.Now().UTC()
	for held, want := range map[[2]string][]providers.Match{
		{"Maximiliana-Joséphine", "O'Brien-Łukasiewicz"}:        {providers.MatchUnclear},
		{"Maximiliana-Joséphin", "O'Brien-Łukasiewicz"}:         {providers.MatchUnclear}, // cut short
		{"Maximiliana-Josephin", "O'Brien-Lukasiewicz"}:         {providers.MatchUnclear}, // without accents
		{"Maximiliana-Joséphine", "O&#39;Brien-Łukasiewicz"}:    {providers.MatchUnclear},
		{"MAXIMILIANA-JOS?PHINE", "O BRIEN-?UKASIEWICZ"}:        {providers.MatchUnclear},
		{"Maximiliana-JosÃ©phine", "O'Brien-Å\u0081ukasiewicz"}: {providers.MatchUnclear},
		{"", "Maximiliana-Josephine O'Brien-Lukasiewicz"}:       {providers.MatchUnclear},
		{"0Maximiliana-Joséphine", "00O'Brien-Łukasiewicz"}:     {providers.MatchUnclear},
		{"Maximilian", "Smith"}:                                 nil,
		{"Anna", "O'Brien-Łukasiewicz"}:                         nil,
	} {
		create := small(t, "1")
		create.Customer.Email = ""
		create.Customer.Name = &enlistv1.PersonName{GivenName: "Maximiliana-Joséphine", FamilyName: "O'Brien-Łukasiewicz"}
		account, _ := json.Marshal(map[string]any{
			"accountID": 7, "dtCreated": since.Format(time.DateTime), "name": map[string]string{"first": held[0], "last": held[1]},
		})
		creation, err := vendor(t, nil, says(200, list(string(account)))).Prepare(create)
		if err != nil {
			t.Fatal(err)
		}
		found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since})
		if err != nil {
			t.Fatal(err)
		}
		var matches []providers.Match
		for _, candidate := range found {
			matches = append(matches, candidate.Match)
		}
		if !slices.Equal(matches, want) {
			t.Errorf("%q: found %+v", held, found)
		}
	}
}

// The list covers the property, from some days before the send. If it has no match, the list of all
// properties follows.
func TestFindAsks(t *testing.T) {
	since := time.Date(2026, 3, 1, 0, 30, 0, 0, time.UTC)
	for _, elsewhere := range []bool{false, true} {
		var asked []string
		provider := vendor(t, nil, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, rest, _ := strings.Cut(strings.TrimSuffix(string(body), "}"), `"operation":"getAccounts",`)
			asked = append(asked, rest)
			site, found := 1853, ""
			if elsewhere && !strings.Contains(rest, "siteIDList") {
				site, found = 12, `{"accountID":7,"dtCreated":"2026-03-01 00:30:05","email":"guest-1@example.com","name":{"first":"John","last":"Smith"}}`
			}
			_, _ = fmt.Fprintf(w, `{"status":"ok","siteList":[{"siteID":%d,"accountList":[%s]}]}`, site, found)
		})
		creation, err := provider.Prepare(small(t, "1"))
		if err != nil {
			t.Fatal(err)
		}
		found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since})
		if err != nil || elsewhere != (len(found) == 1 && found[0].Match == providers.MatchUnclear) || !elsewhere && len(found) != 0 {
			t.Errorf("found %+v, %v", found, err)
		}
		if want := []string{`"siteIDList":[1853],"afterDate":"2026-02-26"`, `"afterDate":"2026-02-26"`}; !slices.Equal(asked, want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
	}
}

// The key is the same for accounts that FindCustomer treats as equal, except for case.
func TestKey(t *testing.T) {
	key := func(change func(*enlistv1.CreateCustomerRequest)) string {
		create := small(t, "1")
		change(create)
		creation, err := vendor(t, nil, says(500, "")).Prepare(create)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ToLower(creation.Key())
	}
	same := key(func(*enlistv1.CreateCustomerRequest) {})
	if same != `match:1853,"guest-1@example.com","john","smith"` {
		t.Errorf("key %s", same)
	}
	if other := key(func(r *enlistv1.CreateCustomerRequest) {
		r.Customer.Name.GivenName, r.Customer.Phone = " JOHN ", "+331"
	}); other != same {
		t.Errorf("key %s", other)
	}
	for _, change := range []func(*enlistv1.CreateCustomerRequest){
		func(r *enlistv1.CreateCustomerRequest) { r.Customer.Email = "guest-2@example.com" },
		func(r *enlistv1.CreateCustomerRequest) { r.Customer.Name.FamilyName = `smith","x` },
		func(r *enlistv1.CreateCustomerRequest) { r.Customer.Name.FamilyName = "Smyth" },
		func(r *enlistv1.CreateCustomerRequest) { *r.GetAvvio().SiteId = 12 },
	} {
		if other := key(change); other == same {
			t.Errorf("key %s", other)
		}
	}
}

// Valid credentials without access to the property fail the check.
func TestCheckOfAnotherProperty(t *testing.T) {
	server := httptest.NewServer(sandbox.New())
	defer server.Close()
	demo := sandboxtest.DemoCredentials().Avvio
	for site, want := range map[int64]enlistv1.ErrorReason{demo.SiteID: 0, 0: 0, 7: enlistv1.ErrorReason_VENDOR_REJECTED} {
		provider, err := avvio.New(&configv1.Provider{Name: "avvio", Vendor: &configv1.Provider_Avvio{Avvio: &configv1.Avvio{
			BaseUrl: server.URL, Username: demo.Username, Password: demo.Password, SiteId: site,
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := provider.Check(t.Context()); (err != nil) != (want != 0) || want != 0 && !providers.IsReason(err, want) {
			t.Errorf("site %d: %v", site, err)
		}
	}
}

// What follows an account in the response counts, too: the property's id, the status, and the end.
func TestFindReadsToTheEnd(t *testing.T) {
	since := time.Now().UTC()
	account := fmt.Sprintf(`{"accountID":7,"dtCreated":%q,"email":"guest-1@example.com","name":{"first":"John","last":"Smith"}}`, since.Format(time.DateTime))
	refused, invalid := enlistv1.ErrorReason_VENDOR_REJECTED, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID
	for name, test := range map[string]struct {
		body    string
		matches []providers.Match
		failure enlistv1.ErrorReason
	}{
		"the property":          {`{"siteList":[{"accountList":[` + account + `],"siteID":1853}]}`, []providers.Match{providers.MatchOurs}, 0},
		"another property":      {`{"siteList":[{"accountList":[` + account + `],"siteID":9}]}`, []providers.Match{providers.MatchUnclear}, 0},
		"listed at both":        {`{"siteList":[{"accountList":[` + account + `],"siteID":9},{"accountList":[` + account + `],"siteID":1853}]}`, []providers.Match{providers.MatchUnclear}, 0},
		"status ok":             {`{"siteList":[{"siteID":1853,"accountList":[` + account + `]}],"status":"ok"}`, []providers.Match{providers.MatchOurs}, 0},
		"status error":          {`{"siteList":[{"siteID":1853,"accountList":[` + account + `]}],"status":"error","message":"no"}`, nil, refused},
		"error, odd list":       {`{"siteList":[{"siteID":1853,"accountList":"x"}],"status":"error","message":"no"}`, nil, refused},
		"an odd list":           {`{"siteList":[{"siteID":1853,"accountList":[` + account + `]},{"siteID":1,"accountList":"x"}]}`, nil, invalid},
		"a site that is a text": {`{"siteList":["x",{"siteID":1853,"accountList":[]}]}`, nil, invalid},
		"a list of null":        {`{"siteList":[null]}`, nil, invalid},
		"no properties":         {`{"siteList":[]}`, nil, 0},
		"ours beside a text":    {`{"siteList":["x",{"siteID":1853,"accountList":[` + account + `]}]}`, []providers.Match{providers.MatchOurs}, 0},
		"cut short":             {`{"siteList":[{"siteID":1853,"accountList":[` + account + `]}]`, nil, invalid},
		"more than one":         {`{"siteList":[{"siteID":1853,"accountList":[` + account + `]}]}{}`, nil, invalid},
	} {
		t.Run(name, func(t *testing.T) {
			creation, err := vendor(t, nil, says(200, test.body)).Prepare(small(t, "1"))
			if err != nil {
				t.Fatal(err)
			}
			found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since})
			if test.failure != 0 {
				if reason(t, err, test.failure); strings.Contains(err.Error(), "created") { // a look-up says nothing of the creation
					t.Error(err)
				}
				return
			}
			var matches []providers.Match
			for _, candidate := range found {
				matches = append(matches, candidate.Match)
			}
			if err != nil || !slices.Equal(matches, test.matches) {
				t.Errorf("%v, %v", matches, err)
			}
		})
	}
}

// Of many accounts that may be ours, FindCustomer returns some. Others do not hide one of them:
// accounts of other persons, and the same account again and again.
func TestFindAmongMany(t *testing.T) {
	since := time.Now().UTC()
	row := func(id int, email string) string {
		return fmt.Sprintf(`{"accountID":%d,"dtCreated":%q,"email":%s,"name":{"first":"John","last":"Smith"}}`, id, since.Format(time.DateTime), email)
	}
	many := func(row func(i int) string) string {
		var rows []string
		for i := range 1000 {
			rows = append(rows, row(i))
		}
		return strings.Join(rows, ",")
	}
	ours := row(7, `"guest-1@example.com"`)
	for name, test := range map[string]struct {
		rows          string
		ours, unclear int
	}{
		"others":     {many(func(i int) string { return row(1000+i, `"guest-2@example.com"`) }) + "," + ours, 1, 0},
		"one":        {many(func(int) string { return ours }) + "," + row(8, `{"x":1}`), 1, 1},
		"unreadable": {many(func(i int) string { return row(1000+i, `{"x":1}`) }) + "," + ours, 0, 100},
	} {
		creation, err := vendor(t, nil, says(200, list(test.rows))).Prepare(small(t, "1"))
		if err != nil {
			t.Fatal(err)
		}
		found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since})
		counts := map[providers.Match]int{}
		for _, candidate := range found {
			counts[candidate.Match]++
		}
		if err != nil || counts[providers.MatchOurs] != test.ours || counts[providers.MatchUnclear] != test.unclear {
			t.Errorf("%s: %v, %v", name, counts, err)
		}
	}
}
