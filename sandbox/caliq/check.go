package caliq

import (
	"strings"
	"unicode/utf8"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// check returns everything that is wrong, with the field as extra data.
func (q *service) check(given map[string]any, key engine.Key) []issue {
	text := func(field string) string { return engine.TextAt(given, field) }
	channel, hasChannel := given["ChannelID"]
	country, currency, category, email := text("Country"), text("Currency"), text("CustomerCategory"), text("Email")
	level, _ := given["CustomerServiceLevel"].(int64)

	issues := q.checkForm(given)
	for _, rule := range []struct {
		broken bool
		id     int
		field  string
	}{
		{hasChannel && channel != q.Credentials.ChannelID, issueChannel, "ChannelID"},
		{q.AutoNumbering && text("AccountNo") != "", issueAutoNumbering, "AccountNo"},
		{len(country) == 3 && !q.countries[country], issueCountry, "Country"},
		{len(currency) == 3 && !q.currencies[currency], issueCurrency, "Currency"},
		{level != 0 && !q.serviceLevels[level], issueServiceLevel, "CustomerServiceLevel"},
		{category != "" && len(category) <= 4 && !q.categories[category], issueCategory, "CustomerCategory"},
		{strings.TrimSpace(email) != "" && !strings.Contains(strings.Trim(email, "@"), "@"), issueEmail, "Email"},
		{q.UniqueAccountNo && len(q.InUse(Name, key)) > 0, issueAccountNoUsed, "AccountNo"},
		{q.UniqueEmail && q.emailUsed(email), issueEmailUsed, "Email"},
	} {
		if rule.broken {
			issues = append(issues, newIssue(rule.id, rule.field))
		}
	}
	return issues
}

// checkForm checks presence and length of each parameter.
func (q *service) checkForm(given map[string]any) []issue {
	var issues []issue
	for _, field := range customerCreateForm() {
		value, present := given[field.name]
		blank := !present || field.kind == aText && strings.TrimSpace(value.(string)) == ""
		switch {
		case field.name == "apiKey" || field.name == "AccountNo" && q.AutoNumbering:
		case field.required && blank:
			issues = append(issues, newIssue(issueRequired, field.name))
		case field.max > 0 && utf8.RuneCountInString(engine.TextAt(given, field.name)) > field.max:
			issues = append(issues, newIssue(issueTooLong, field.name))
		}
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
