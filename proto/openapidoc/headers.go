package main

// headerNames are the names of headers, by those of their components.
var headerNames = map[string]string{ //nolint:gochecknoglobals // a constant
	"XRequestId": "X-Request-Id", "RetryAfter": "Retry-After", "WWWAuthenticate": "WWW-Authenticate",
	"Accept": "Accept", "AcceptEncoding": "Accept-Encoding",
}

// parameters are the headers of requests.
func parameters() *object {
	return with(
		"IdempotencyKey", with("name", "Idempotency-Key", "in", "header", "schema", with("type", "string", "format", "uuid", "pattern", uuid),
			"description", "The same as `requestId` in the body, for clients that set it by themselves. When both are given they must be the same."),
		"GrpcTimeout", with("name", "Grpc-Timeout", "in", "header",
			"schema", with("type", "string", "pattern", "^0*[1-9][0-9]{0,15}[HMSmun]$"),
			"description", "How long the call may take: a whole number and a unit (H, M, S, m for milliseconds, u, n): `30S`. Default: that of the server."),
		"XRequestId", with("name", "X-Request-Id", "in", "header", "schema", with("type", "string"),
			"description", "An id of your own for this call, in the log and the answer: up to 128 letters, digits and `._:/-`. Another is replaced."),
	)
}

// answerHeaders are the headers of answers.
func answerHeaders() *object {
	return with(
		"XRequestId", with("description", "The id of the call: the caller's, or one that the server made. Its log has it as `call_id`.",
			"schema", with("type", "string", "pattern", "^[A-Za-z0-9._:/-]{1,128}$")),
		"RetryAfter", with("description", "RetryInfo's delay in whole seconds, rounded up; where RetryInfo comes along.",
			"schema", with("type", "integer", "minimum", 1)),
		"Accept", with("description", "The media type that the server reads.", "schema", with("type", "string", "const", "application/json")),
		"AcceptEncoding", with("description", "`identity`, where the request had a Content-Encoding: the server reads bodies without one.",
			"schema", with("type", "string", "const", "identity")),
		"WWWAuthenticate", with("description", "How to authenticate (RFC 6750).", "schema", with("type", "string", "pattern", "^Bearer")),
	)
}
