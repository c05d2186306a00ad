package opencell

import (
	_ "embed" // the table
	"encoding/json"
	"strconv"
	"strings"
)

// table holds the names and types of Opencell's requests and responses, and the lengths of its
// texts. It was made by introspection of the server's own DTO classes.
//
//go:embed dto.json
var table []byte

const (
	hierarchyDto     = "CRMAccountHierarchyDto"
	paymentMethodDto = "PaymentMethodDto"
)

// hierarchyForm is the account hierarchy as a version of the server knows it.
func hierarchyForm(version int, before2021 bool) map[string]property {
	var known struct {
		Limits  map[string]any
		Request map[string]map[string]string
	}
	if err := json.Unmarshal(table, &known); err != nil {
		panic("sandbox: dto.json: " + err.Error())
	}
	forms := map[string]map[string]property{}
	for dto := range known.Request { // all of them before their members, since they refer to one another
		forms[dto] = map[string]property{}
	}
	for dto, members := range known.Request {
		for name, kind := range members {
			forms[dto][name] = propertyOf(kind, forms)
		}
	}
	limit(forms[hierarchyDto], known.Limits)
	forms[hierarchyDto]["paymentMethod"] = property{values: paymentMethods(version)}
	forms[paymentMethodDto]["paymentMethodType"] = property{values: paymentMethods(version)}
	if version < knowsIsCompany || before2021 {
		delete(forms[hierarchyDto], "isCompany")
	}
	return forms[hierarchyDto]
}

// Versions that differ in what they know.
const (
	givesAccountsOnDemand = 11
	knowsIsCompany        = 12
	newPayments           = 15
	knowsSIPS             = 16
)

// paymentMethods lists the payment methods of a version.
func paymentMethods(version int) []string {
	methods := []string{"CHECK", "DIRECTDEBIT", "WIRETRANSFER", "CARD", "CASH"}
	if version < newPayments {
		return append(methods, "PAYPAL", "STRIPE")
	}
	methods = append(methods, "PAYPALPAYMENTLINK", "STRIPEDIRECTLINK")
	if version >= knowsSIPS {
		methods = append(methods, "SIPS")
	}
	return methods
}

// propertyOf reads the type of a member, as the table writes it.
func propertyOf(kind string, forms map[string]map[string]property) property {
	if values, isEnum := strings.CutPrefix(kind, "enum "); isEnum {
		return property{values: strings.Split(values, " | ")}
	}
	if element, isList := strings.CutPrefix(kind, "list of "); isList {
		inner := propertyOf(element, forms)
		return property{kind: aList, element: &inner}
	}
	if element, isMap := strings.CutPrefix(kind, "map of "); isMap {
		inner := propertyOf(element, forms)
		return property{kind: aMap, element: &inner}
	}
	switch kind {
	case "String":
		return property{}
	case "Boolean", "boolean":
		return property{kind: aFlag}
	case "Date":
		return property{kind: aDate}
	case "Long", "Integer", "Double", "BigDecimal":
		return property{kind: aNumber}
	case "Object":
		return property{kind: anything}
	}
	fields, known := forms[kind]
	if !known {
		panic("sandbox: dto.json has no " + kind)
	}
	return property{kind: anObject, fields: fields}
}

// limit sets the lengths of texts: a number, or one that the server checks and a shorter one that
// only its database does.
func limit(form map[string]property, limits map[string]any) {
	for path, limit := range limits {
		for _, path := range severalPaths(path) {
			holder, name := form, path
			if dto, member, nested := strings.Cut(path, "."); nested {
				holder, name = form[dto].fields, member
			}
			p, known := holder[name]
			if !known {
				continue
			}
			switch limit := limit.(type) {
			case float64:
				p.limit = int(limit)
			case map[string]any:
				checked, _ := limit["validation"].(float64)
				column, _ := limit["column"].(float64)
				p.limit, p.column = int(checked), int(column)
			}
			holder[name] = p
		}
	}
}

// severalPaths returns the paths that one line of the limits is about: address.address1..5 is five.
func severalPaths(path string) []string {
	first, last, several := strings.Cut(path, "..")
	switch {
	case path == "minimumAmountEl.minimumAmountEl": // its column, in each of the accounts
		return []string{
			"minimumAmountEl.customerMinimumAmountEl", "minimumAmountEl.customerAccountMinimumAmountEl",
			"minimumAmountEl.billingAccountMinimumAmountEl", "minimumAmountEl.userAccountMinimumAmountEl",
		}
	case !several:
		return []string{path}
	}
	until, _ := strconv.Atoi(last)
	var paths []string
	for i := 1; i <= until; i++ {
		paths = append(paths, first[:len(first)-1]+strconv.Itoa(i))
	}
	return paths
}
