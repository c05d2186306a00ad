package server

// CodeOf is codeOf, for tests from outside.
var CodeOf = codeOf
