package once_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
)

// because asserts the reason of an operation.
func (f *fixture) because(request *enlistv1.CreateCustomerRequest, want enlistv1.OperationReason) string {
	f.t.Helper()
	code, text := f.Reason(f.record(request))
	if code != want || (text == "") != (want == 0) {
		f.t.Errorf("%s: %q, want %s", code, text, want)
	}
	return text
}

// The reason of an unknown outcome follows what happens to it, and is gone with it.
func TestReasonFollowsTheOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		r := request("c1")
		f.becomesUnknown(r, send{acts: true})
		f.because(r, enlistv1.OperationReason_OPERATION_REASON_NO_RESPONSE)
		f.vendor.breakLookups(notSentError())
		_, err := f.create(r, 2*time.Second)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.because(r, enlistv1.OperationReason_OPERATION_REASON_LOOKUP_FAILED)
		f.vendor.breakLookups(nil)
		f.succeeds(r)
		f.because(r, 0)
		if kept := f.record(r).Payload.GetReason(); kept != nil {
			t.Errorf("the record keeps %v", kept)
		}
	})
}

// A look-up that waits for the vendor's lag leaves the reason of the send.
func TestReasonOfAWaitIsThatOfTheSend(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want enlistv1.OperationReason
	}{
		"refused": {&providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Message: "no", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Confirm: providers.ConfirmAfterLag,
		}, enlistv1.OperationReason_OPERATION_REASON_REFUSAL_UNCONFIRMED},
		"said done": {&providers.Error{
			Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN, Message: "?", Stage: enlistv1.SendStage_SEND_STAGE_SENT, Confirm: providers.ConfirmByCustomer,
		}, enlistv1.OperationReason_OPERATION_REASON_SUCCESS_UNPROVEN},
		"limited": {limitedError(time.Hour), enlistv1.OperationReason_OPERATION_REASON_REFUSAL_UNCONFIRMED},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(byMatch, time.Hour))
				r := request("c1")
				f.vendor.then(send{err: c.err})
				if _, err := f.create(r, soon); err == nil {
					t.Fatal("no error")
				}
				f.because(r, c.want)
				_, err := f.create(r, soon) // looks it up
				f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
				if f.inState(r, unknown).Payload.GetLookups() == 0 {
					t.Error("it was not looked up")
				}
				f.because(r, c.want)
			})
		})
	}
}

// What a replica had not finished when it died was interrupted.
func TestReasonOfADeath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, time.Hour))
		r := request("c1")
		record := &journal.Record{Key: f.keyOf(r), Payload: &journalv1.Payload{Request: r, ExclusiveKey: "c1", AskedTime: timestamppb.Now()}}
		if _, _, err := f.journal.Begin(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		f.restartWith(func() { f.options.Tick = 20 * time.Millisecond })
		f.comesTo(r, unknown)
		f.because(r, enlistv1.OperationReason_OPERATION_REASON_INTERRUPTED)
	})
}

// The reason why a person decides names the customers, also when the provider is gone.
func TestReasonsOfAPerson(t *testing.T) {
	t.Parallel()
	const differs, several = enlistv1.OperationReason_OPERATION_REASON_CUSTOMER_DIFFERS, enlistv1.OperationReason_OPERATION_REASON_SEVERAL_CUSTOMERS
	for name, c := range map[string]struct {
		class   enlistv1.DuplicateSafetyClass
		prepare func(*vendor)
		err     error
		want    enlistv1.OperationReason
		text    string
	}{
		"differs": {byMatch, func(v *vendor) {
			v.put("c1", "unclear")
			v.returnsPhone("1", "2")
		}, unknownError(), differs, "One customer at Opencell matches this request, c1; it differs from the request in phone."},
		"several": {byMatch, func(v *vendor) {
			v.put("c1", "unclear")
			v.put("c1", "unclear")
		}, unknownError(), several, "Two customers at Opencell with the id c1"},
		"no look-up": {noneClass, func(v *vendor) { v.breakLookups(cannotBeAsked()) }, unknownError(), enlistv1.OperationReason_OPERATION_REASON_NO_LOOKUP, "Opencell offers no look-up"},
		"not shown": {
			enforced,
			func(*vendor) {},
			newVendor(enforced, 0).description.CustomerExists(nil),
			enlistv1.OperationReason_OPERATION_REASON_CUSTOMER_NOT_SHOWN, "Opencell says that the customer exists",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(c.class, 50*time.Millisecond), reconciling)
				c.prepare(f.vendor)
				f.vendor.then(send{err: c.err})
				r := request("c1")
				if _, err := f.create(r, soon); err == nil {
					t.Fatal("no error")
				}
				f.comesTo(r, needsPerson)
				if text := f.because(r, c.want); !strings.HasPrefix(text, c.text) {
					t.Errorf("%q, want %q", text, c.text)
				}
			})
		})
	}
}

// A look-up shows the candidates now, and changes neither the vendor nor the record.
func TestCandidates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		r := f.waits()
		f.vendor.forget()
		other := request("c1")
		f.succeeds(other)
		f.vendor.returnsPhone("1", "2")
		before := f.record(r)
		sends, customers, _ := f.vendor.counts()
		found, err := f.Candidates(t.Context(), before)
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		want := providers.Difference{Path: "customer.phone", Requested: "1", Found: "2"}
		if one := found[0]; one.Match != providers.MatchOther || len(one.Differences) != 1 || one.Differences[0] != want ||
			one.Claim == nil || one.Claim.RequestID.String() != other.GetRequestId() {
			t.Errorf("%+v", one)
		}
		f.holds(sends, customers)
		if !f.vendor.lastSent().ReadOnly {
			t.Error("the look-up may complete a creation")
		}
		if after := f.record(r); after.Version != before.Version || !proto.Equal(after.Payload, before.Payload) {
			t.Error("the record has changed")
		}
		f.vendor.breakLookups(notSentError())
		_, err = f.Candidates(t.Context(), before)
		f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
		f.vendor.breakLookups(cannotBeAsked())
		_, err = f.Candidates(t.Context(), before)
		f.fails(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED)

		dropped := *before
		dropped.PayloadDropped = true
		_, err = f.Candidates(t.Context(), &dropped)
		f.atFault(err, "include_candidates")
		f.Reconfigure(map[string]providers.Provider{}, once.Options{})
		_, err = f.Candidates(t.Context(), before)
		f.fails(err, enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED)
	})
}

// An id finds every creation of the customer, whatever its state, and none of another customer.
func TestOperationsOfACustomer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Hour))
		var want []string
		expect := func(r *enlistv1.CreateCustomerRequest) {
			want = append([]string{r.GetRequestId()}, want...)
			time.Sleep(time.Second)
		}
		made := request("c1")
		f.succeeds(made)
		expect(made)
		refused := request("C1") // nearly equal
		f.vendor.then(send{err: rejectedError()})
		_, err := f.create(refused, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		expect(refused)
		unsent := request("c1")
		for range 4 {
			f.vendor.then(send{before: notSentError()})
		}
		_, err = f.create(unsent, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
		expect(unsent)
		f.succeeds(request("c2"))
		open := request("c1")
		f.vendor.forget()
		f.becomesUnknown(open, send{})
		expect(open)

		records, err := f.Operations(context.Background(), journal.Query{Everybody: true, CustomerID: "c1", Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, record := range records {
			got = append(got, record.RequestID.String())
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		for _, id := range []string{"c", "c11", "c2 c1"} {
			if records, err := f.Operations(context.Background(), journal.Query{Everybody: true, CustomerID: id, Limit: 100}); err != nil || len(records) > 0 {
				t.Errorf("%q: %v, %v", id, records, err)
			}
		}
	})
}

// The metric counts what waits by provider and reason, and the log warns of what needs a person.
func TestWaitingIsCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		f := start(t, newVendor(byMatch, 50*time.Millisecond), reconciling, func(f *fixture) { f.options.Metrics = registry })
		shows := func(want string) {
			t.Helper()
			for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Second) {
				if waiting(t, registry) == want {
					return
				}
			}
			t.Errorf("the metric shows %q, want %q", waiting(t, registry), want)
		}
		f.vendor.breakLookups(notSentError())
		r := request("klara") // which no request_id contains
		f.becomesUnknown(r, send{})
		shows("unknown v lookup_failed 1")
		f.vendor.put("klara", "unclear")
		f.vendor.breakLookups(nil)
		f.comesTo(r, needsPerson)
		shows("needs_person v customer_differs 1")
		log := f.log.String()
		if !strings.Contains(log, `"level":"WARN","msg":"an operation needs a person","provider":"v","request_id":"`+r.GetRequestId()+
			`","reason":"OPERATION_REASON_CUSTOMER_DIFFERS"`) || strings.Contains(log, "klara") {
			t.Errorf("log: %s", log)
		}
		if err := f.decide(r, exists, of("klara")); err != nil {
			t.Fatal(err)
		}
		shows("")
	})
}

// waiting returns the series of enlist_operations.
func waiting(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var series []string
	for _, family := range families {
		if family.GetName() != "enlist_operations" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			series = append(series, fmt.Sprintf("%s %s %s %v", labels["state"], labels["provider"], labels["reason"], metric.GetGauge().GetValue()))
		}
	}
	return strings.Join(series, ", ")
}
