package sellandsign_test

import (
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
)

func TestNormalisedNumberIsMerged(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	create := func(number, city string) map[string]any {
		query := w.SellAndSignQuery(map[string]string{"number": number, "city": city})
		return w.SellAndSign("POST", sandboxtest.SellAndSignUpdate+query).JSON(t)
	}
	w.Order(`{"vendor":"sell_and_sign","operation":"create","kind":"normalised_key"}`)
	first := create("am-1", "Nice")
	if first["number"] != "AM-1" {
		t.Fatalf("created: %v", first)
	}
	for _, number := range []string{"AM-1", "am-1", "Am-1"} {
		if again := create(number, "Lyon"); again["number"] != "AM-1" || again["actorId"] != first["actorId"] {
			t.Errorf("merged as %s: %v", number, again)
		}
		if read := w.SellAndSign("GET", sandboxtest.SellAndSignRead+"&number="+number).JSON(t); read["number"] != "AM-1" || read["city"] != "Lyon" {
			t.Errorf("read as %s: %v", number, read)
		}
		entries := w.SellAndSign("GET", sandboxtest.ContractorsRead+"&number="+number).JSON(t)["elements"].([]any)
		if len(entries) != 1 || sandboxtest.At(t, entries, 0, "customerNumber") != "AM-1" {
			t.Errorf("contractors as %s: %v", number, entries)
		}
		property := w.SellAndSign("POST", sandboxtest.SellAndSignSet+"&customer_number="+number+"&key=note&value=v&id=-1").JSON(t)
		if property["customerNumber"] != "AM-1" {
			t.Errorf("property as %s: %v", number, property)
		}
	}
	if r := w.SellAndSign("GET", sandboxtest.SellAndSignRead+"&number=am-2"); r.Body != "null" {
		t.Errorf("another: %s", r.Body)
	}
	held := w.Records("sell_and_sign")
	if len(held) != 1 || held[0].Key != "AM-1" || held[0].Record["number"] != "AM-1" || held[0].Created != 1 || held[0].Updated != 3 {
		t.Errorf("held: %+v", held)
	}
}

func TestOddRowsOfBareLists(t *testing.T) {
	w := sandboxtest.NewWorld(t, sandbox.With(func(s *sellandsign.Settings) { s.BareLists = true }))
	for path, operation := range map[string]string{
		sandboxtest.ContractorsRead: "list_contractors", sandboxtest.SellAndSignList: "list_properties",
	} {
		w.Order(`{"vendor":"sell_and_sign","operation":"` + operation + `","kind":"odd_row"}`)
		r := w.SellAndSign("GET", path+"&number=1")
		if !strings.HasPrefix(r.Body, "[{") || !strings.Contains(r.Body, "4711") {
			t.Errorf("%s: %s", operation, r.Body)
		}
	}
}
