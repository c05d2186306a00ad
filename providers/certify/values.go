package certify

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/registry"
)

// value is a value at a path of a request. Each request replaces ${ID}, ${SHORT} and ${NUMBER} in
// the text by what makes it unique. An empty text stands for the made-up value.
type value struct{ path, text string }

// place is a canonical field of the field table that a test customer may have.
type place struct {
	path      string
	required  bool
	limit     int    // the greatest length that the vendor documents, or 0
	contract  int    // the greatest length that the contract allows, or 0
	converted bool   // Enlist sends another form
	setting   string // a setting of the connection that fills it, or ""
	code      bool   // its values are codes that must be set up at the vendor
}

// most returns the greatest length of a value, or 0.
func (p *place) most() int {
	switch {
	case p.limit == 0:
		return p.contract
	case p.contract == 0:
		return p.limit
	}
	return min(p.limit, p.contract)
}

// placesOf returns the fields of the customer in the field table, in the order of the contract. A
// field that an option also fills has its path in the customer.
func (r *run) placesOf() []place {
	var places []place
	for _, support := range r.description.Fields.Support() {
		paths := append([]string{support.GetPath()}, support.GetFallbackPaths()...)
		home := slices.IndexFunc(paths, func(path string) bool { return strings.HasPrefix(path, "customer.") })
		if home < 0 || strings.Contains(paths[home], "[*]") {
			continue
		}
		found := place{
			path: paths[home], required: support.GetRequired(), limit: int(support.GetMaxLength()), contract: contractMax(paths[home]),
			converted: support.GetTransformation() != "" && support.GetTransformation() != "JOINED", setting: r.filling(support.GetSetting()),
			code: isCode(paths[home], support.GetNote()),
		}
		at := slices.IndexFunc(places, func(other place) bool { return other.path == found.path })
		if at < 0 {
			places = append(places, found)
			continue
		}
		earlier := &places[at] // one field fills two of the vendor's
		earlier.required, earlier.converted = earlier.required || found.required, earlier.converted || found.converted
		earlier.setting, earlier.code = cmp.Or(earlier.setting, found.setting), earlier.code || found.code
		if found.limit > 0 && (earlier.limit == 0 || found.limit < earlier.limit) {
			earlier.limit = found.limit
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.path, b.path) })
	return places
}

// isCode reports whether the values of a field are codes that someone sets up at the vendor.
func isCode(path, note string) bool {
	return path == "customer.category" || strings.Contains(note, "must be set up") || strings.Contains(note, "must exist")
}

// filling returns the name of a setting of the connection, such as defaults.billing_cycle, if it is
// set, or "".
func (r *run) filling(setting string) string {
	if _, is := r.settingText(setting); is {
		return setting
	}
	return ""
}

// settingText returns whether a setting of the connection is set, and its value if that is a text.
func (r *run) settingText(setting string) (text string, isSet bool) {
	message, _ := secretsOf(r.Config)
	for _, name := range strings.Split(setting, ".") {
		field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
		if field == nil || !message.Has(field) {
			return "", false
		}
		if field.Kind() == protoreflect.StringKind && !field.IsList() {
			return message.Get(field).String(), true
		}
		if field.Message() == nil || field.IsList() {
			return "", true
		}
		message = message.Get(field).Message()
	}
	return "", false
}

// madeUp returns a made-up value for a field, or "" if only the operator knows one. The marker is
// in what people look for.
func (r *run) madeUp(path string) string {
	return map[string]string{
		"customer.id":                               "${ID}",
		"customer.name.title":                       "Mr",
		"customer.name.given_name":                  "Certify",
		"customer.name.family_name":                 r.Marker,
		"customer.display_name":                     "Enlist " + r.Marker,
		"customer.organization.name":                "Enlist " + r.Marker,
		"customer.organization.registration_number": "12354678901234",
		"customer.organization.vat_number":          "FR12345678901",
		"customer.organization.eori":                "FR12345678900011",
		"customer.job_title":                        "Tester",
		"customer.email":                            r.Marker + ".${NUMBER}@example.com",
		"customer.phone":                            "+33123546780",
		"customer.mobile":                           "+33623546789",
		"customer.fax":                              "+33123546781",
		"customer.website":                          "https://example.com/certify",
		"customer.billing_address.lines[0]":         "1 Test Street",
		"customer.billing_address.lines[1]":         "Building 2",
		"customer.billing_address.lines[2]":         "Floor 3",
		"customer.billing_address.lines[3]":         "Room 4",
		"customer.billing_address.lines[4]":         "Desk 5",
		"customer.billing_address.city":             "Nice",
		"customer.billing_address.postal_code":      "06000",
		"customer.billing_address.region":           "PACA",
		"customer.billing_address.country_code":     "FR",
		"customer.billing_address.latitude":         "43.7",
		"customer.billing_address.longitude":        "7.25",
		"customer.shipping_address.lines[0]":        "2 Other Street",
		"customer.shipping_address.lines[1]":        "Hall 2",
		"customer.shipping_address.lines[2]":        "Gate 3",
		"customer.shipping_address.lines[3]":        "Rack 4",
		"customer.shipping_address.lines[4]":        "Box 5",
		"customer.shipping_address.city":            "Lyon",
		"customer.shipping_address.postal_code":     "69001",
		"customer.shipping_address.region":          "Rhone",
		"customer.shipping_address.country_code":    "FR",
		"customer.shipping_address.latitude":        "45.76",
		"customer.shipping_address.longitude":       "4.83",
		"customer.language_code":                    "fr",
		"customer.currency_code":                    "EUR",
		"customer.birth_date":                       "1985-03-14",
		"customer.birth_place":                      "Lyon",
		"customer.comment":                          "Created by enlist certify. Delete it.\n" + r.Marker,
	}[path]
}

// idLength returns the length of ${ID}.
func (r *run) idLength() int { return len(idStart) + len(r.suffix) + 2 }

const (
	idStart     = "0Cert"
	shortSuffix = 3 // where the vendor allows ids of 10 characters
	longSuffix  = 8
)

// unique replaces the placeholders of a value. An id has a leading zero, a capital and small
// letters, so that a vendor shows whether it stores ids in another form.
func (r *run) unique(text string) string {
	number := fmt.Sprintf("%02s", strconv.FormatInt(int64(r.made%(36*36)), 36))
	return strings.NewReplacer("${ID}", idStart+r.suffix+number, "${SHORT}", "0"+r.suffix+number, "${NUMBER}", strconv.Itoa(r.made)).Replace(text)
}

// newRequest returns a create request with the required fields and some values. The operator's own
// request comes first, then the made-up values of what is still missing.
func (r *run) newRequest(values ...value) *enlistv1.CreateCustomerRequest {
	r.made++
	request := &enlistv1.CreateCustomerRequest{
		Provider: r.description.Name, RequestId: uuid.NewString(), IncludeVendorRecord: true,
		OnExisting:        enlistv1.OnExisting_ON_EXISTING_FAIL,
		UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT,
		Customer:          &enlistv1.Customer{},
	}
	registry.CompleteDemo(r.description.Vendor, request)
	named := r.name()
	for _, place := range r.places {
		if r.isGiven(place.path) {
			continue
		}
		if place.path == named || place.required && place.setting == "" && (place.path != "customer.id" || r.choosesID) {
			_ = assign(request, place.path, cut(r.unique(r.madeUp(place.path)), place.most())) // a field without a value stays unset, and the adapter says so
		}
	}
	proto.Merge(request, r.Request)
	for _, value := range values {
		_ = assign(request, value.path, r.unique(cmp.Or(value.text, r.madeUp(value.path))))
	}
	return request
}

// name returns the path of the name that a customer needs: it has the marker.
func (r *run) name() string {
	for _, path := range []string{"customer.name.family_name", "customer.display_name", "customer.organization.name"} {
		if slices.ContainsFunc(r.places, func(place place) bool { return place.path == path }) {
			return path
		}
	}
	return ""
}

// full returns the values of a full customer: of each field that can be made up. It also notes why
// the others have none.
func (r *run) full() []value {
	var values []value
	made := r.made
	for _, place := range r.places {
		text := cut(r.madeUp(place.path), place.most())
		switch {
		case r.isGiven(place.path), place.path == "customer.id":
		case place.path == "customer.email":
			values = append(values, value{place.path, ""})
		case place.setting != "":
			set, _ := r.settingText(place.setting)
			if set == "" || r.fits(r.newRequest(value{place.path, set})) != nil {
				r.untried(place.path, "the provider's setting fills it")
				continue
			}
			values = append(values, value{place.path, set}) // what the vendor gets anyway
		case place.code && !place.required:
			r.untried(place.path, "its values are codes that must exist at the vendor. Give one with --request")
		case text == "":
			r.untried(place.path, "no value can be made up. Give one with --request")
		default:
			values = append(values, value{place.path, text})
		}
	}
	r.made = made
	return values
}

// noteUntried notes the options and the free fields that a full customer does not have.
func (r *run) noteUntried(full *enlistv1.CreateCustomerRequest) {
	for _, support := range r.description.Fields.Support() {
		path := support.GetPath()
		if isOption := !strings.HasPrefix(path, "customer."); (isOption || strings.Contains(path, "[*]")) &&
			!isGivenIn(full, path) && r.filling(support.GetSetting()) == "" && len(support.GetFallbackPaths()) == 0 {
			r.untried(path, "only you know a value. Give one with --request")
		}
	}
}

func (r *run) untried(field, why string) {
	if !slices.ContainsFunc(r.report.NotTried, func(other Untried) bool { return other.Field == field }) {
		r.report.NotTried = append(r.report.NotTried, Untried{field, why})
	}
}

// isGiven reports whether the operator's own request has a field.
func (r *run) isGiven(path string) bool {
	message := r.Request.ProtoReflect()
	for _, segment := range strings.Split(path, ".") {
		name, _, _ := strings.Cut(segment, "[")
		field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
		if field == nil || !message.Has(field) {
			return false
		}
		if field.IsList() || field.IsMap() || field.Message() == nil {
			return true
		}
		message = message.Get(field).Message()
	}
	return true
}

// isText reports whether any text is valid at a path, so that its length and its characters can
// vary.
func (p *place) isText() bool {
	switch p.path {
	case "customer.phone", "customer.mobile", "customer.fax", "customer.email", "customer.id":
		return false
	}
	field := fieldAt(p.path)
	switch field.Name() {
	case "country_code", "currency_code", "language_code":
		return false
	}
	return field.Kind() == protoreflect.StringKind && !p.converted && !p.code && p.setting == ""
}

// longest returns the longest value of each field that may be long.
func (r *run) longest() []value {
	var values []value
	for _, place := range r.places {
		most := place.most()
		text := ""
		switch {
		case r.isGiven(place.path):
		case place.path == "customer.id" && r.choosesID:
			text = "${ID}" + fill("", max(most-r.idLength(), 0), "x7-")
		case place.path == "customer.email":
			text = longEmail(r.Marker, cmp.Or(most, maxEmail))
		case place.path == "customer.phone", place.path == "customer.mobile", place.path == "customer.fax":
			text = fill("+33", min(cmp.Or(place.limit, maxNumber), maxNumber), "1234567890")
		case place.isText() && place.path == "customer.website":
			text = fill("https://example.com/", most, "abcdefghi/")
		case place.isText() && place.path != "customer.name.title":
			text = fill(r.madeUp(place.path)+" ", most, "Long value ")
		}
		if text = strings.TrimRight(text, " "); text != "" {
			values = append(values, value{place.path, text})
		}
	}
	return values
}

const (
	maxEmail  = 254
	maxNumber = 20 // an E.164 number has at most 15 digits
)

// fill repeats a pattern after a start until a text has a number of characters. The last is no
// space, which a vendor may cut off.
func fill(start string, most int, pattern string) string {
	if most == 0 {
		return start
	}
	text := cut(start, most)
	if missing := most - utf8.RuneCountInString(text); missing > 0 {
		text += cut(strings.Repeat(pattern, missing/len(pattern)+1), missing)
	}
	if strings.HasSuffix(text, " ") {
		text = text[:len(text)-1] + "z"
	}
	return text
}

// longEmail returns an email address of a length, with parts as long as RFC 5321 allows. A number
// of two digits makes it unique.
func longEmail(marker string, most int) string {
	const domain, number, mostLocal, mostLabel = ".example.com", "${NUMBER}", 64, 60
	local := fill(marker+".", max(len(marker)+1, min(mostLocal, most-len(domain)-2)-2), "l")
	labels := ""
	for left := most - len(local) - 3 - len(domain); left > 1 || labels == ""; left = most - len(local) - 3 - len(domain) - len(labels) {
		if labels != "" {
			labels, left = "."+labels, left-1
		}
		labels = strings.Repeat("d", max(1, min(left, mostLabel))) + labels
	}
	return local + number + "@" + labels + domain
}

// samples are texts with special characters, from the most special to letters alone. The first that
// the adapter accepts is sent.
func samples() []string {
	return []string{
		`é'"<&>🎩ש山 ÅŁß œ e` + "\u0301" + ` مرحبا`,
		"é'-ש山 ÅŁß œ e\u0301 مرحبا",
		"éÅŁß",
	}
}

// special returns a special value of each field whose characters may vary.
func (r *run) special() []value {
	var values []value
	add := func(path string, candidates ...string) {
		for _, candidate := range candidates {
			if r.fits(r.newRequest(value{path, candidate})) == nil {
				values = append(values, value{path, candidate})
				return
			}
		}
	}
	made := r.made
	for _, place := range r.places {
		var candidates []string
		for _, sample := range samples() {
			candidates = append(candidates, strings.TrimRight(cut(sample, place.most()), " "))
		}
		switch {
		case r.isGiven(place.path):
		case place.path == "customer.id" && r.choosesID:
			add(place.path, "${SHORT}e\u0301& ", "${SHORT}e\u0301&", "${SHORT}é")
		case place.path == "customer.email":
			add(place.path, "o'"+r.Marker+"+${NUMBER}@example.com")
		case place.isText() && place.path != "customer.name.title" && place.path != "customer.website":
			add(place.path, candidates...)
		}
	}
	r.made = made
	return values
}

// cut cuts a text to a number of characters, or not if that is 0.
func cut(text string, most int) string {
	if characters := []rune(text); most > 0 && len(characters) > most {
		return string(characters[:most])
	}
	return text
}
