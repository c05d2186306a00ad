package wire

import "strings"

// maxDepth is the usual depth of objects and lists. protojson allows 10000.
const maxDepth = 100

// scanner reads ordinary JSON: no escapes, no exponents, no deep nesting. Each method skips what
// its name says. It returns false, or "", if the input is something else. Do not use the scanner
// after that, except after word and take.
type scanner struct {
	text  string // valid UTF-8
	at    int    // the position of the scanner
	depth int
}

// skip skips any JSON value.
func (s *scanner) skip() bool {
	switch s.next() {
	case '{':
		return s.each('{', '}', func() bool {
			_, ok := s.name()
			return ok && s.skip()
		})
	case '[':
		return s.each('[', ']', s.skip)
	case '"':
		_, ok := s.string()
		return ok
	default:
		return s.word("null") || s.word("true") || s.word("false") || s.number() != ""
	}
}

// each skips an object or a list, and calls a function for each element.
func (s *scanner) each(open, shut byte, element func() bool) bool {
	if s.depth == maxDepth || !s.take(open) {
		return false
	}
	if s.take(shut) {
		return true
	}
	s.depth++
	for element() {
		if !s.take(',') {
			s.depth--
			return s.take(shut)
		}
	}
	return false
}

// name skips the name of a member and its colon.
func (s *scanner) name() (string, bool) {
	name, ok := s.string()
	return name, ok && s.take(':')
}

// string skips a string without escapes.
func (s *scanner) string() (string, bool) {
	if !s.take('"') {
		return "", false
	}
	for from := s.at; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return s.text[from : s.at-1], true
		case c == '\\' || c < ' ':
			return "", false
		}
	}
	return "", false
}

// number skips a number without an exponent.
func (s *scanner) number() string {
	sign := s.next() == '-'
	from := s.at
	if sign {
		s.at++
	}
	if whole := s.digits(); whole == "" || whole[0] == '0' && whole != "0" {
		return ""
	}
	if strings.HasPrefix(s.text[s.at:], ".") {
		s.at++
		if s.digits() == "" {
			return ""
		}
	}
	return s.text[from:s.at]
}

func (s *scanner) digits() string {
	from := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.text[from:s.at]
}

// word skips a word if it is next. The scan for the comma detects a longer word.
func (s *scanner) word(word string) bool {
	s.next()
	if !strings.HasPrefix(s.text[s.at:], word) {
		return false
	}
	s.at += len(word)
	return true
}

// take skips a byte if it is next.
func (s *scanner) take(c byte) bool {
	if s.next() != c {
		return false
	}
	s.at++
	return true
}

// next skips white space and returns the byte after it, or 0 at the end.
func (s *scanner) next() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// end skips white space up to the end.
func (s *scanner) end() bool {
	s.next()
	return s.at == len(s.text)
}
