package caliq

import (
	"strings"
	"unicode/utf8"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// check returns everything that is wrong, with the field as extra data.
func (q *service) check(given map[string]any, key engine.Key) []issue {
	var issues []issue
	found := func(id int, field string) { issues = append(issues, newIssue(id, field)) }
	text := func(field string) string { return engine.TextAt(given, field) }

	for _, field := range customerCreateForm() {
		value, present := given[field.name]
		blank := !present || field.kind == aText && strings.TrimSpace(value.(string)) == ""
		switch {
		case field.name == "apiKey" || field.name == "AccountNo" && q.AutoNumbering:
		case field.required && blank:
			found(issueRequired, field.name)
		case field.max > 0 && utf8.RuneCountInString(text(field.name)) > field.max:
			found(issueTooLong, field.name)
		}
	}
	if channel, present := given["ChannelID"]; present && channel != q.Credentials.ChannelID {
		found(issueChannel, "ChannelID")
	}
	if q.AutoNumbering && text("AccountNo") != "" {
		found(issueAutoNumbering, "AccountNo")
	}
	if country := text("Country"); len(country) == 3 && !q.countries[country] {
		found(issueCountry, "Country")
	}
	if currency := text("Currency"); len(currency) == 3 && !q.currencies[currency] {
		found(issueCurrency, "Currency")
	}
	if level, _ := given["CustomerServiceLevel"].(int64); level != 0 && !q.serviceLevels[level] {
		found(issueServiceLevel, "CustomerServiceLevel")
	}
	if category := text("CustomerCategory"); category != "" && len(category) <= 4 && !q.categories[category] {
		found(issueCategory, "CustomerCategory")
	}
	if email := text("Email"); strings.TrimSpace(email) != "" && !strings.Contains(strings.Trim(email, "@"), "@") {
		found(issueEmail, "Email")
	}
	if q.UniqueAccountNo && len(q.InUse(Name, key)) > 0 {
		found(issueAccountNoUsed, "AccountNo")
	}
	if q.UniqueEmail && q.emailUsed(text("Email")) {
		found(issueEmailUsed, "Email")
	}
	return issues
}

func (q *service) emailUsed(email string) bool {
	for _, r := range q.Customers(Name) {
		if strings.EqualFold(engine.TextAt(r.Fields, "Email"), email) {
			return true
		}
	}
	return false
}

func newIssue(id int, field string) issue {
	for _, m := range knownMessages() {
		if m.ID == id {
			return issue{id, m.Description, field}
		}
	}
	return issue{ID: id, ExtraData: field}
}
