package opencell

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers/codes"
)

// customFields returns the untyped fields, sorted by name, and then the typed ones, in their order.
func customFields(properties map[string]string, typed []*enlistv1.OpencellCustomField) *opencellv1.CustomFields {
	if len(properties)+len(typed) == 0 {
		return nil
	}
	fields := make([]*opencellv1.CustomField, 0, len(properties)+len(typed))
	for _, code := range slices.Sorted(maps.Keys(properties)) {
		fields = append(fields, &opencellv1.CustomField{Code: code, StringValue: proto.String(properties[code])})
	}
	for _, field := range typed {
		fields = append(fields, customField(field))
	}
	return &opencellv1.CustomFields{CustomField: fields}
}

func customField(field *enlistv1.OpencellCustomField) *opencellv1.CustomField {
	sent := &opencellv1.CustomField{
		Code:                 field.GetCode(),
		ValueDate:            codes.Date(field.GetValueDate()),
		ValuePeriodStartDate: codes.Date(field.GetValuePeriodStartDate()),
		ValuePeriodEndDate:   codes.Date(field.GetValuePeriodEndDate()),
		ValuePeriodPriority:  field.ValuePeriodPriority,
	}
	switch value := field.GetValue().(type) {
	case *enlistv1.OpencellCustomField_StringValue:
		sent.StringValue = proto.String(value.StringValue)
	case *enlistv1.OpencellCustomField_LongValue:
		sent.LongValue = proto.Int64(value.LongValue)
	case *enlistv1.OpencellCustomField_DoubleValue:
		sent.DoubleValue = proto.Float64(value.DoubleValue)
	case *enlistv1.OpencellCustomField_BooleanValue:
		sent.BooleanValue = proto.Bool(value.BooleanValue)
	case *enlistv1.OpencellCustomField_DateValue:
		sent.DateValue = proto.String(codes.Date(value.DateValue))
	case *enlistv1.OpencellCustomField_ListValue:
		for _, item := range value.ListValue.GetItems() {
			sent.Value = append(sent.Value, &opencellv1.CustomFieldValue{Value: anyValue(item)})
		}
	case *enlistv1.OpencellCustomField_MapValue:
		sent.MapValue = map[string]*opencellv1.MapValue{}
		for key, entry := range value.MapValue.GetEntries() {
			sent.MapValue[key] = &opencellv1.MapValue{Value: anyValue(entry)}
		}
	case *enlistv1.OpencellCustomField_EntityReferenceValue:
		reference := value.EntityReferenceValue
		sent.EntityReferenceValue = &opencellv1.EntityReference{
			Classname: reference.GetClassname(), ClassnameCode: reference.GetClassnameCode(), Code: reference.GetCode(),
		}
	case *enlistv1.OpencellCustomField_UrlReferenceValue:
		sent.UrlReferenceValue = &opencellv1.UrlReference{Url: value.UrlReferenceValue.GetUrl(), Label: value.UrlReferenceValue.GetLabel()}
	case *enlistv1.OpencellCustomField_FileValue:
		sent.FileValue = proto.String(value.FileValue)
	}
	return sent
}

// anyValue returns a value of a list or a map.
func anyValue(value *enlistv1.OpencellCustomFieldValue) *structpb.Value {
	switch value := value.GetValue().(type) {
	case *enlistv1.OpencellCustomFieldValue_StringValue:
		return structpb.NewStringValue(value.StringValue)
	case *enlistv1.OpencellCustomFieldValue_LongValue:
		return structpb.NewNumberValue(float64(value.LongValue))
	case *enlistv1.OpencellCustomFieldValue_DoubleValue:
		return structpb.NewNumberValue(value.DoubleValue)
	case *enlistv1.OpencellCustomFieldValue_BooleanValue:
		return structpb.NewBoolValue(value.BooleanValue)
	}
	return nil
}

// largestWhole is the largest whole number that every JSON parser reads exactly.
const largestWhole = 1<<53 - 1

// tooLarge returns the path of the first whole number in a list or map that would lose precision.
// It returns "" if there is none.
func tooLarge(options *enlistv1.OpencellOptions) string {
	if path := tooLargeIn("opencell.", options.GetCustomFields()); path != "" {
		return path
	}
	for i, method := range options.GetPaymentMethods() {
		if path := tooLargeIn(fmt.Sprintf("opencell.payment_methods[%d].", i), method.GetCustomFields()); path != "" {
			return path
		}
	}
	for i, plan := range options.GetDiscountPlansForInstantiation() {
		if path := tooLargeIn(fmt.Sprintf("opencell.discount_plans_for_instantiation[%d].", i), plan.GetCustomFields()); path != "" {
			return path
		}
	}
	return ""
}

func tooLargeIn(holder string, fields []*enlistv1.OpencellCustomField) string {
	isTooLarge := func(value *enlistv1.OpencellCustomFieldValue) bool {
		return value.GetLongValue() > largestWhole || value.GetLongValue() < -largestWhole
	}
	for i, field := range fields {
		for j, item := range field.GetListValue().GetItems() {
			if isTooLarge(item) {
				return fmt.Sprintf(holder+"custom_fields[%d].list_value.items[%d].long_value", i, j)
			}
		}
		entries := field.GetMapValue().GetEntries()
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			if isTooLarge(entries[key]) {
				return fmt.Sprintf(holder+"custom_fields[%d].map_value.entries[%q].long_value", i, key)
			}
		}
	}
	return ""
}
