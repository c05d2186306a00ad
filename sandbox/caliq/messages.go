package caliq

// The message ids that the page lists for CustomerCreate. Their meanings are the sandbox's own.
const (
	issueRequired      = 1
	issueChannel       = 9
	issueAccountNoUsed = 29
	issueTooLong       = 30
	issueCountry       = 31
	issueCurrency      = 32
	issueServiceLevel  = 34
	issueCategory      = 35
	issueEmail         = 37
	issueEmailUsed     = 38
	issueAutoNumbering = 39
	issueNotCreated    = 40
)

func knownMessages() []message {
	return []message{
		{issueRequired, "A required value is missing"},
		{issueChannel, "The channel does not exist"},
		{issueAccountNoUsed, "The account number is in use"},
		{issueTooLong, "A value is too long"},
		{issueCountry, "The country does not exist"},
		{issueCurrency, "The currency does not exist"},
		{issueServiceLevel, "The customer service level does not exist"},
		{issueCategory, "The customer category does not exist"},
		{issueEmail, "The email address is not valid"},
		{issueEmailUsed, "The email address is in use"},
		{issueAutoNumbering, "Account numbers are given automatically; leave it blank"},
		{issueNotCreated, "The customer could not be created"},
	}
}
