package sellandsign

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// setProperties sets free properties of an existing customer, and returns its known properties. The
// fate of a property that was not set becomes FATE_DROPPED. A refusal concerns one key. After a
// request without a response, setProperties does not try the other keys.
func (p *Provider) setProperties(ctx context.Context, wanted []*sellandsignv1.CustomerProperty, fates []*enlistv1.FieldFate) map[string]string {
	there, isWhole, _, err := p.listProperties(ctx, wanted[0].GetCustomerNumber())
	ids, values := map[string]int64{}, map[string]string{}
	for _, property := range there {
		ids[property.GetKey()], values[property.GetKey()] = property.GetId(), property.GetValue()
	}
	stopped := err
	for _, property := range wanted {
		if stopped != nil {
			drop(fates, property, "is not set, because an earlier request failed: "+failureOf(stopped).words)
			continue
		}
		property, _ = proto.Clone(property).(*sellandsignv1.CustomerProperty)
		switch id, exists := ids[property.GetKey()]; {
		case id > 0:
			property.Id = id
		case exists || !isWhole: // a new one might be a second one of this key
			drop(fates, property, "is not set: Enlist cannot read the vendor's list of properties, which may have it already")
			continue
		}
		if err := p.setProperty(ctx, property); err != nil {
			failure := failureOf(err)
			drop(fates, property, failure.certainty()+failure.words)
			if failure.concernsAll() {
				stopped = err
			}
			continue
		}
		values[property.GetKey()] = property.GetValue()
	}
	return values
}

// setProperty sets one free property. It assumes that the response is the stored entry.
func (p *Provider) setProperty(ctx context.Context, property *sellandsignv1.CustomerProperty) error {
	call := p.newRequest(vendorhttp.SetProperty, http.MethodPost, "/customerproperty/update", "getOrCreateCustomerProperty", wire.Form(property, true))
	_, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*sellandsignv1.CustomerProperty, error) {
		set := &sellandsignv1.CustomerProperty{}
		if _, err := wire.Read(response.Body, set); isSuccess(response) && err == nil &&
			set.GetKey() == property.GetKey() && set.GetValue() == property.GetValue() {
			return set, nil
		}
		return nil, p.refused(call, response)
	})
	return err
}

// listProperties reads the free properties of a customer. A warning names each property that Enlist
// cannot read. isWhole reports that it could read the key of each.
func (p *Provider) listProperties(
	ctx context.Context, number string,
) (properties []*sellandsignv1.CustomerProperty, isWhole bool, warnings []*enlistv1.Warning, err error) {
	isWhole = true
	call := p.newRequest(vendorhttp.ListProperties, http.MethodGet, "/customerproperty/list", "getCustomerPropertyListFor", url.Values{"number": {number}})
	_, err = vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (struct{}, error) {
		// A read has just found the customer, so 404 is taken to mean that it has no properties.
		if response.Status == http.StatusNotFound && !providers.IsPage(response.Body) {
			return struct{}{}, nil
		}
		entries, ok := elements(response)
		if !ok {
			return struct{}{}, p.refused(call, response)
		}
		objects := 0
		for i, entry := range entries {
			property := &sellandsignv1.CustomerProperty{}
			odd, err := wire.Read(entry, property)
			if err == nil {
				objects++
			}
			if err != nil || property.GetKey() == "" {
				warnings, isWhole = append(warnings, unreadable("customer.properties", "elements", i)), false
				continue
			}
			for _, warning := range providers.Unreadable(odd) {
				warning.Path = "customer.properties[" + strconv.Quote(property.GetKey()) + "]"
				warnings = append(warnings, warning)
			}
			properties = append(properties, property)
		}
		if objects > 0 && len(properties) == 0 { // the list contains something else
			return struct{}{}, p.refused(call, response)
		}
		return struct{}{}, nil
	})
	return properties, isWhole, warnings, err
}

// unreadable returns the warning about an unreadable element of a list.
func unreadable(path, list string, at int) *enlistv1.Warning {
	return &enlistv1.Warning{
		Code: enlistv1.WarningCode_WARNING_CODE_UNREADABLE_VALUE, Path: path, VendorCode: list + "[" + strconv.Itoa(at) + "]",
		Message: "Enlist could not read this element of the vendor's list, and omits it.",
	}
}

func drop(fates []*enlistv1.FieldFate, property *sellandsignv1.CustomerProperty, why string) {
	for _, fate := range fates {
		if fate.GetPath() == "customer.properties["+strconv.Quote(property.GetKey())+"]" {
			fate.WireField, fate.Fate = "", enlistv1.Fate_FATE_DROPPED
			fate.Note = "the customer exists, but this value " + why
		}
	}
}

// failure is the reason why a free property was not set.
type failure struct {
	status int32 // HTTP status; 0 without a response
	sent   bool
	words  string // the vendor's words, or ours
}

func failureOf(err error) failure {
	var known *providers.Error
	if !errors.As(err, &known) {
		return failure{sent: true, words: "an unexpected failure"} // no request here fails otherwise
	}
	made := failure{
		status: known.Vendor.GetHttpStatus(), sent: known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT, words: known.Message,
	}
	if made.status != 0 {
		made.words = fmt.Sprintf("the vendor responded with HTTP status %d", made.status)
	}
	for _, message := range known.Vendor.GetMessages() {
		made.words += ": " + vendorhttp.Cut(message.GetMessage(), 200)
	}
	return made
}

func (f failure) certainty() string {
	if !f.sent || f.status/100 == 4 {
		return "is not set: "
	}
	return "may be set or not: "
}

// concernsAll reports whether requests for other keys would fail, too.
func (f failure) concernsAll() bool {
	switch f.status {
	case 0, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return true
	}
	return false
}
