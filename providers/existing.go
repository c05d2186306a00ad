package providers

import "regexp"

var aboutExisting = regexp.MustCompile(`(?i)exist|already|in use|\bused\b|duplicat|uni(que|ci)|taken|` +
	`bereits|vergeben|vorhanden|d[ée]j[àa]|utilis[ée]|existe|esiste|bestaat`)

// IsAboutExisting reports whether a vendor's words may be about a value that must be unique, in the
// languages that vendors' users have. It serves vendors that document no code for that.
func IsAboutExisting(words string) bool { return aboutExisting.MatchString(words) }
