package valomnia_test

import (
	"net/url"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestNormalisedReference(t *testing.T) {
	for _, test := range []struct {
		form, reference, stored string
		found                   []string
	}{
		{"", "nc-3", "NC-3", []string{"nc-3", "NC-3", "Nc-3"}},
		{"", "003", "3", []string{"3", "03"}},
		{"", "NC-3", "000000NC-3", []string{"NC-3", "0NC-3", "000000NC-3"}},
		{"", "E\u0301", "É", []string{"E\u0301", "É"}},
		{"lower", "NC-3", "nc-3", []string{"NC-3", "nC-3"}},
	} {
		t.Run(test.stored, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			session := w.ValomniaSession()
			w.Order(`{"vendor":"valomnia","operation":"create","kind":"normalised_key","form":"` + test.form + `"}`)
			created := w.ValomniaCreate(session, "reference="+test.reference, "name=N")
			if created.Status != 201 || created.JSON(t)["reference"] != test.stored {
				t.Fatalf("%d %s", created.Status, created.Body)
			}
			for _, reference := range test.found {
				read := w.Send("GET", sandboxtest.ValomniaCustomers+"/reference/"+url.PathEscape(reference), "", "Cookie", session)
				if read.Status != 200 || read.JSON(t)["reference"] != test.stored || read.JSON(t)["id"] != created.JSON(t)["id"] {
					t.Errorf("%s: %d %s", reference, read.Status, read.Body)
				}
				if again := w.ValomniaCreate(session, "reference="+reference, "name=N"); again.Status != 400 || again.JSON(t)["error"] != "not_unique" {
					t.Errorf("creating %s: %d %s", reference, again.Status, again.Body)
				}
			}
			if held := w.Records("valomnia"); len(held) != 1 || held[0].Key != test.stored || held[0].Created != 1 {
				t.Errorf("held: %+v", held)
			}
		})
	}
}

// Faults on a JSON body wait for the page that follows the login, and others do not touch it.
func TestFaultsOfTheLoginPage(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"valomnia","operation":"login","kind":"byte_order_mark"}`)
	session := w.ValomniaSession()
	w.Order(`{"vendor":"valomnia","operation":"login","kind":"status_500"}`)
	page := w.Send("GET", "/login/ajaxSuccess", "", "Cookie", session)
	if page.Status != 200 || page.Body[:3] != "\xEF\xBB\xBF" {
		t.Errorf("%d %q", page.Status, page.Body)
	}
	if r := w.Send("POST", sandboxtest.ValomniaLogin, w.ValomniaForm(nil), "Content-Type", sandboxtest.FormType); r.Status != 500 {
		t.Errorf("login: %d", r.Status)
	}
}

func TestOddContact(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	session := w.ValomniaSession()
	w.Order(`{"vendor":"valomnia","operation":"create","kind":"odd_row"}`)
	created := w.ValomniaCreate(session, "reference=R", "name=N").JSON(t)
	if contacts := created["contacts"].([]any); len(contacts) != 1 || sandboxtest.At(t, contacts, 0, "reference") != 4711.0 {
		t.Errorf("contacts: %v", contacts)
	}
}
