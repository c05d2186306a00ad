package avvio_test

import (
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestNormalisedNames(t *testing.T) {
	long := "Maximilian-Alexander Joe"
	for _, test := range []struct {
		name, form, first, last, email string // as given
		wantFirst, wantLast, wantEmail string
	}{
		{"long", "", long, "Zoë", "A@b.example", "Maximilian-Alexander", "Zoë", "a@b.example"},
		{"accents", "", "Zoë", "O'Neil", "a@b.example", "Zoe", "O'Neil", "A@B.EXAMPLE"},
		{"entities", "", "Joe", "O'Neil", "a@b.example", "Joe", "O&#39;Neil", "A@B.EXAMPLE"},
		{"plain", "", "Joe", "Bloggs", "a@b.example", "JOE", "BLOGGS", "A@B.EXAMPLE"},
		{"lower", "lower", "Joe", "Bloggs", "A@B.example", "joe", "bloggs", "a@b.example"},
		{"upper", "upper", "Zoë", "Bloggs", "A@B.example", "ZOË", "BLOGGS", "A@B.EXAMPLE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			changes := map[string]any{
				"accountInformation.nameFirst": test.first, "accountInformation.nameLast": test.last, "accountInformation.email": test.email,
			}
			w.Order(`{"vendor":"avvio","operation":"create","kind":"normalised_key","form":"` + test.form + `"}`)
			if r := w.Avvio(changes); r.JSON(t)["status"] != "ok" {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
			list := w.Avvio(map[string]any{"operation": "getAccounts"}).JSON(t)
			account := sandboxtest.At(t, list, "siteList", 0, "accountList", 0)
			if sandboxtest.At(t, account, "name", "first") != test.wantFirst || sandboxtest.At(t, account, "name", "last") != test.wantLast ||
				sandboxtest.At(t, account, "email") != test.wantEmail {
				t.Errorf("account: %v", account)
			}
			w.Avvio(changes) // creates another
			held := w.Records("avvio")
			if len(held) != 2 || held[0].Created != 2 || held[1].Created != 2 {
				t.Errorf("held: %+v", held)
			}
		})
	}
}

func TestNormalisedNamesWithoutAnEmail(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"avvio","kind":"normalised_key"}`)
	w.Avvio(map[string]any{"accountInformation.email": sandboxtest.Absent{}})
	held := w.Records("avvio")
	if len(held) != 1 || held[0].Key != "8796093023822" || held[0].Record["nameFirst"] != "JOE" || held[0].Record["email"] != nil {
		t.Errorf("held: %+v", held)
	}
}

func TestRepeatedByProxyWithoutAnEmail(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"avvio","kind":"repeated_by_proxy"}`)
	r := w.Avvio(map[string]any{"accountInformation.email": sandboxtest.Absent{}})
	if r.JSON(t)["status"] != "error" || !strings.Contains(r.Body, "an account with this name already exists") || len(w.Records("avvio")) != 1 {
		t.Errorf("%d %s, %+v", r.Status, r.Body, w.Records("avvio"))
	}
}
