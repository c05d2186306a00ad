package journal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// exchange is one request of a usual size.
func exchange() *journalv1.Payload {
	return &journalv1.Payload{Tries: []*enlistv1.OperationTry{{
		Number: 1, HttpStatus: 200, ResponseBody: `{"message":"","status":"SUCCESS"}`,
		Request: &enlistv1.VendorRequest{
			Method: "POST", Url: "https://opencell.example/api/rest/account/accountHierarchy/createCRMAccountHierarchy",
			Headers: []*enlistv1.VendorRequest_Header{{Name: "Accept", Value: "application/json"}, {Name: "Content-Type", Value: "application/json"}},
			Body: `{"code":"C-1","name":{"title":"MR","firstName":"John","lastName":"Smith"},"isCompany":false,` +
				`"address":{"address1":"673 Eugene Points","zipCode":"92136","city":"New Taryn","country":"FR"},` +
				`"contactInformation":{"email":"qa@example.com","mobile":"+33123546789"},"email":"qa@example.com","language":"FRA"}`,
		},
	}}}
}

// A part is the same after it was packed, whether that made it smaller or not.
func TestPack(t *testing.T) {
	t.Parallel()
	full := &journalv1.Payload{}
	fill(full.ProtoReflect(), 4)
	full.Packed = nil
	random := make([]byte, 1000)
	_, _ = rand.Read(random) // never fails
	for name, part := range map[string]*journalv1.Payload{
		"empty": {}, "small": {CustomerId: "C-1"}, "full": full, "usual": exchange(),
		"random": {Writer: random}, "large": {CustomerId: string(bytes.Repeat([]byte("0123456789abcdef"), 100_000))},
	} {
		plain, err := proto.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		packed := pack(plain)
		if len(packed) > len(plain) {
			t.Errorf("%s: %d bytes became %d", name, len(plain), len(packed))
		}
		got := &journalv1.Payload{}
		if err := unpack(packed, got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(part, got, protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// An exchange of a usual size becomes much smaller.
func TestPackSaves(t *testing.T) {
	t.Parallel()
	plain, err := proto.Marshal(exchange())
	if err != nil {
		t.Fatal(err)
	}
	if packed := pack(plain); len(packed) > len(plain)*4/10 {
		t.Errorf("%d bytes became %d", len(plain), len(packed))
	}
}

// What is packed opens with this dictionary alone.
func TestDictionaryNeverChanges(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256(dictionaryText)
	if got := hex.EncodeToString(sum[:]); got != dictionarySum {
		t.Errorf("dictionary.bin has another checksum: %s. Stored records need the earlier one", got)
	}
}

// A part that an earlier version has packed opens, also after an update of the compressor. See
// TestDictionaryNeverChanges for the rest of the dictionary.
func TestPackedEarlier(t *testing.T) {
	t.Parallel()
	lines, err := os.ReadFile("testdata/packed.hex")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := hex.DecodeString(strings.Join(strings.Fields(string(lines)), ""))
	if err != nil {
		t.Fatal(err)
	}
	got := &journalv1.Payload{}
	if err := unpack(packed, got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(exchange(), got, protocmp.Transform()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A packed part that is no S2 is an error.
func TestUnpackDamage(t *testing.T) {
	t.Parallel()
	damaged, err := proto.Marshal(&journalv1.Payload{Packed: []byte{0xff, 0xff, 0xff, 0xff}})
	if err != nil {
		t.Fatal(err)
	}
	if err := unpack(damaged, &journalv1.Payload{}); err == nil {
		t.Error("no error")
	}
}

func BenchmarkPack(b *testing.B) {
	plain, err := proto.Marshal(exchange())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		pack(plain)
	}
}

const dictionarySum = "be3342581b7ea6d10d73f13a53f620b01d79cb92939fe4c128c2f08951227c87"
