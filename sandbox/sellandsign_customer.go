package sandbox

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// sellAndSignParameter is a parameter of selectOrCreateCustomer, with its name
// in the answer.
type sellAndSignParameter struct {
	name, answered string
	mandatory      bool
}

func sellAndSignParameters() []sellAndSignParameter {
	return []sellAndSignParameter{
		{"number", "number", true},
		{"civility", "civility", true},
		{"firstname", "firstname", true},
		{"lastname", "lastname", true},
		{"email", "email", true},
		{"cell_phone", "cellPhone", true},
		{"address_1", "address1", true},
		{"postal_code", "postalCode", true},
		{"city", "city", true},
		{"country", "country", true},
		{"customer_code", "customerCode", true},
		{"company_name", "companyName", false},
		{"registration_number", "registrationNumber", false},
		{"address_2", "address2", false},
		{"phone", "phone", false},
		{"job_title", "jobTitle", false},
		{"birthdate", "birthdate", false},
		{"birthplace", "birthplace", false},
	}
}

// sellAndSignCustomer is what a customer has besides its own fields.
type sellAndSignCustomer struct {
	contractor  int64            // id of the customer as a contractor of itself
	contractors []map[string]any // seeded ones
	properties  []map[string]any
}

// selectOrCreateCustomer merges by number: the values given replace those held,
// empty ones too.
func (a *sellAndSign) selectOrCreateCustomer(c *call, given parameters) answer {
	fields := map[string]any{}
	for _, p := range sellAndSignParameters() {
		value, present := given[p.name]
		switch {
		case !present:
			return given.fail(http.StatusBadRequest, p.name, p.name+" must be given")
		case p.mandatory && strings.TrimSpace(value) == "":
			return given.fail(http.StatusBadRequest, p.name, p.name+" must not be empty")
		}
		if message := a.checkParameter(p.name, value); message != "" {
			return given.fail(http.StatusBadRequest, p.name, p.name+" "+message)
		}
		fields[p.answered] = value
	}
	birthdate := int64(-1)
	if given["birthdate"] != "" {
		birthdate, _ = strconv.ParseInt(given["birthdate"], 10, 64)
	}
	timer := a.timer(c)
	fields["birthdate"] = birthdate
	fields["syncTimer"] = timer
	fields["lastModificationPlace"] = "SERVER"

	if held := a.records.withKey(SellAndSign, given["number"]); len(held) > 0 {
		maps.Copy(held[0].fields, fields)
		held[0].updated++
		return jsonAnswer(http.StatusOK, shownCustomer(held[0]))
	}
	a.lastActor++
	a.lastID++
	fields["actorId"], fields["creationDate"] = a.lastActor, timer
	r := a.add(c, SellAndSign, given["number"], fields)
	r.detail = &sellAndSignCustomer{contractor: a.lastID}
	return jsonAnswer(http.StatusOK, shownCustomer(r))
}

// timer is the time in milliseconds, and always later than the last: so an
// update never carries the syncTimer of the creation.
func (a *sellAndSign) timer(c *call) int64 {
	a.lastTimer = max(c.now.UnixMilli(), a.lastTimer+1)
	return a.lastTimer
}

// checkParameter says what is wrong with a value. That birthdate is taken as
// milliseconds since 1970, -1 for none, is assumed from the answers.
func (a *sellAndSign) checkParameter(name, value string) string {
	switch name {
	case "civility":
		if value != "MONSIEUR" && value != "MADAME" {
			return "must be MONSIEUR or MADAME"
		}
	case "firstname", "lastname":
		if strings.ContainsFunc(value, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("'’- ", r)
		}) {
			return "takes letters, digits, apostrophe, hyphen and space"
		}
	case "email":
		if at := strings.IndexByte(value, '@'); at < 1 || at == len(value)-1 {
			return "must be an email address"
		}
	case "cell_phone":
		digits := strings.TrimPrefix(value, "+")
		if digits == "" || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
			return "takes digits after an optional +"
		}
	case "country":
		if !a.countries[value] {
			return "must be an ISO 3166 alpha-2 or UN M.49 code"
		}
	case "birthdate":
		if _, err := strconv.ParseInt(value, 10, 64); value != "" && err != nil {
			return "must be milliseconds since 1970"
		}
	}
	return ""
}

// shownCustomer is the customer as the vendor answers it; its properties have a
// call of their own.
func shownCustomer(r *record) map[string]any {
	shown := maps.Clone(r.fields)
	delete(shown, "properties")
	return shown
}

// find returns the customer if look-ups find it.
func (a *sellAndSign) find(c *call, number string) *record {
	held := a.records.withKey(SellAndSign, number)
	if len(held) == 0 || !held[0].visible(c.now) {
		return nil
	}
	return held[0]
}

// getCustomer answers the object of selectOrCreateCustomer. What it answers for
// an unknown number is not documented; see WithSellAndSignNotFound.
func (a *sellAndSign) getCustomer(c *call, given parameters) answer {
	if given["number"] == "" {
		return given.fail(http.StatusBadRequest, "number", "number must be given")
	}
	r := a.find(c, given["number"])
	if r == nil {
		return newAnswer(a.sellAndSignNotFound.status, "application/json;charset=UTF-8", []byte(a.sellAndSignNotFound.body))
	}
	return jsonAnswer(http.StatusOK, shownCustomer(r))
}
