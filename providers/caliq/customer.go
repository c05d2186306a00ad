package caliq

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/wire"
)

// written returns the customer as sent, with the values that Caliq assigned.
func written(request *enlistv1.CreateCustomerRequest, fates []*enlistv1.FieldFate, data *caliqv1.CustomerCreateData) *enlistv1.Customer {
	customer := providers.WithoutDropped(request, fates)
	customer.Id = data.GetAccountNo()
	customer.Source = enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	customer.VendorIds = map[string]string{}
	for name, id := range map[string]int64{
		"account_id": data.GetAccountId(), "address_id": data.GetAddressId(), "contact_id": data.GetContactId(),
	} {
		if id != 0 {
			customer.VendorIds[name] = strconv.FormatInt(id, 10)
		}
	}
	return customer
}

// read returns what the list contains about an account. If several accounts have the number,
// account_id names them all.
func (p *Provider) read(found []account, includeRecord bool) *enlistv1.GetCustomerResponse {
	var ids []string
	var warnings []*enlistv1.Warning
	for _, account := range found {
		warnings = append(warnings, providers.Unreadable(account.odd)...)
		if account.GetId() != 0 {
			ids = append(ids, strconv.FormatInt(account.GetId(), 10))
		}
	}
	response := &enlistv1.GetCustomerResponse{Customer: &enlistv1.Customer{
		Id:     found[0].GetAccountNo(),
		Source: enlistv1.RecordSource_RECORD_SOURCE_VENDOR,
	}, Warnings: warnings}
	if len(ids) > 0 {
		response.Customer.VendorIds = map[string]string{"account_id": strings.Join(ids, ",")}
	}
	if includeRecord {
		rows := make([][]byte, len(found))
		for i, account := range found {
			rows[i] = account.row
		}
		response.VendorRecord = p.record(slices.Concat([]byte(`{"CustomerChangeList":[`), bytes.Join(rows, []byte(",")), []byte("]}")))
	}
	return response
}

// record returns Caliq's response as received, without the provider's key, which it may repeat.
func (p *Provider) record(body []byte) *structpb.Struct {
	record := wire.Record(body, "apiKey")
	wire.RedactRecord(record, p.settings.GetApiKey())
	return record
}
