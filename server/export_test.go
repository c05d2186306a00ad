package server

// For tests from outside.
var (
	CodeOf   = codeOf
	CurlLine = curlLine
)
