package sellandsign

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/pagetoken"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// mostAtOnce is the size in the vendor's example. Sell&Sign does not document a limit. If it cut a
// longer response short, that would look like the end of the list.
const mostAtOnce = 100

// enough is the size of the vendor's lists, in bytes, after which a page of contractors ends early.
const enough = 1 << 20

// ListContractors lists the people who sign for a customer.
func (p *Provider) ListContractors(ctx context.Context, request *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	offset, err := pagetoken.Offset(request)
	if err != nil {
		return nil, err
	}
	size := pagetoken.Size(request.GetPageSize())
	entries, more, err := p.contractorsFrom(ctx, request.GetCustomerId(), offset, size)
	if err != nil {
		return nil, err
	}
	response := &enlistv1.ListContractorsResponse{}
	if more {
		response.NextPageToken = pagetoken.Next(request, offset+len(entries))
	}
	for i, entry := range entries {
		if entry.contractor == nil {
			response.Warnings = append(response.Warnings, unreadable("contractors", "elements", offset+i))
			continue
		}
		for _, warning := range entry.warnings() {
			warning.Path = strings.Replace(warning.GetPath(), "[*]", "["+strconv.Itoa(len(response.GetContractors()))+"]", 1)
			response.Warnings = append(response.Warnings, warning)
		}
		response.Contractors = append(response.Contractors, contractor(entry.contractor, request.GetCustomerId()))
		if request.GetIncludeVendorRecord() {
			response.VendorRecords = append(response.VendorRecords, wire.Record(entry.record, tokenName))
		}
	}
	return response, nil
}

// contractorEntry is an element of the vendor's list, parsed and as received. contractor is nil if
// Enlist cannot read it.
type contractorEntry struct {
	contractor *sellandsignv1.Contractor
	odd        []wire.Odd
	record     json.RawMessage
}

// warnings reports the members that Enlist cannot read.
func (e *contractorEntry) warnings() []*enlistv1.Warning {
	_, hasBirthDate := birthDate(e.contractor.GetBirthdate())
	_, hasDefault := isTrue(e.contractor.GetIsDefault())
	return slices.Concat(providers.Unreadable(e.odd),
		providers.UnknownForm(hasBirthDate, "contractors[*].birth_date", "birthdate"),
		providers.UnknownForm(hasDefault, "contractors[*].is_default", "isDefault"))
}

// contractorsFrom returns up to the wanted number of contractors from an offset, and whether there
// are more. It requests one more than wanted, because the vendor returns no total. It returns fewer
// if they are large.
func (p *Provider) contractorsFrom(ctx context.Context, number string, offset, wanted int) (entries []contractorEntry, more bool, err error) {
	for bytes := 0; len(entries) <= wanted && bytes < enough; {
		asked := min(wanted+1-len(entries), mostAtOnce)
		batch, err := p.contractorsAt(ctx, number, offset+len(entries), asked)
		if err != nil {
			return nil, false, err
		}
		entries = append(entries, batch...)
		if len(batch) < asked {
			return entries, false, nil
		}
		for _, entry := range batch {
			bytes += len(entry.record)
		}
	}
	if len(entries) > wanted {
		return entries[:wanted], true, nil
	}
	return entries, true, nil
}

// contractorsAt sends one request. Sell&Sign does not document its response for an unknown number.
// If the response may mean that, contractorsAt reads the customer.
func (p *Provider) contractorsAt(ctx context.Context, number string, offset, size int) ([]contractorEntry, error) {
	call := p.newRequest(vendorhttp.ListContractors, http.MethodGet, "/contractor/read", "getContractorsFor", url.Values{
		"number": {number}, "offset": {strconv.Itoa(offset)}, "size": {strconv.Itoa(size)},
	})
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) ([]contractorEntry, error) {
		entries, ok := contractorEntries(response)
		if isNotFound(response.Status) || ok && len(entries) == 0 && offset == 0 {
			if _, err := p.read(ctx, number); err != nil {
				return nil, err
			}
		}
		if !ok || len(entries) > size {
			return nil, p.refused(call, response)
		}
		return entries, nil
	})
}

func contractorEntries(response *vendorhttp.Response) ([]contractorEntry, bool) {
	records, ok := elements(response)
	if !ok {
		return nil, false
	}
	entries := make([]contractorEntry, len(records))
	for i, record := range records {
		read := &sellandsignv1.Contractor{}
		odd, err := wire.Read(record, read)
		if err != nil {
			read = nil
		}
		entries[i] = contractorEntry{read, odd, record}
	}
	return entries, true
}

// elements returns the elements of a list. It accepts an object with `elements`, a bare array, or
// an empty body, because Sell&Sign documents none of them.
func elements(response *vendorhttp.Response) ([]json.RawMessage, bool) {
	if !isSuccess(response) {
		return nil, false
	}
	if isNothing(response.Body) {
		return nil, true
	}
	var list []json.RawMessage
	if json.Unmarshal(response.Body, &list) == nil {
		return list, true
	}
	var object struct {
		Elements json.RawMessage `json:"elements"`
	}
	if json.Unmarshal(response.Body, &object) != nil || json.Unmarshal(object.Elements, &list) != nil {
		return nil, false
	}
	return list, true
}

func contractor(record *sellandsignv1.Contractor, number string) *enlistv1.Contractor {
	birthDate, _ := birthDate(record.GetBirthdate())
	isDefault, _ := isTrue(record.GetIsDefault())
	id := ""
	if record.GetId() != 0 {
		id = strconv.FormatInt(record.GetId(), 10)
	}
	return &enlistv1.Contractor{
		Id:               id,
		CustomerId:       cmp.Or(record.GetCustomerNumber(), number),
		Name:             name(cmp.Or(record.GetTitle(), record.GetCivility()), record.GetFirstname(), record.GetLastname()),
		Email:            record.GetEmail(),
		Phone:            record.GetPhone(),
		Mobile:           record.GetCellPhone(),
		OrganizationName: record.GetCompanyName(),
		JobTitle:         record.GetJobTitle(),
		Address:          address(record),
		BirthDate:        birthDate,
		BirthPlace:       record.GetBirthplace(),
		LanguageCode:     strings.ReplaceAll(record.GetLocalisation(), "_", "-"),
		IsDefault:        isDefault,

		RegistrationNumber: record.GetRegistrationNumber(),
		Category:           record.GetCategory(),
	}
}

// isTrue parses a Boolean, which may be a number or a text. It returns false for none, and reports
// whether it can read the value.
func isTrue(value *structpb.Value) (is, isReadable bool) {
	switch kind := value.GetKind().(type) {
	case nil, *structpb.Value_NullValue:
		return false, true
	case *structpb.Value_BoolValue:
		return kind.BoolValue, true
	case *structpb.Value_NumberValue:
		return kind.NumberValue == 1, kind.NumberValue == 0 || kind.NumberValue == 1
	case *structpb.Value_StringValue:
		switch strings.ToLower(kind.StringValue) {
		case "true", "1":
			return true, true
		case "false", "0", "":
			return false, true
		}
	}
	return false, false
}
