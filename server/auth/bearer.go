package auth

import "strings"

// maxToken is the size of the largest token, in bytes.
const maxToken = 8 << 10

const form = "Send one header `authorization: Bearer …`."

// bearer returns the token of an authorization, which is an API key or a JSON Web Token (RFC 6750).
func bearer(values []string) (string, error) {
	if len(values) > 1 {
		return "", invalid("The call has several authorization headers. " + form)
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", invalid("The authorization header of the call is not of type Bearer. " + form)
	}
	token = strings.TrimLeft(token, " ")
	if len(token) > maxToken {
		return "", invalid("The token of the call has more than 8 KiB. Get a smaller token.")
	}
	if token == "" || strings.IndexFunc(token, notOfToken) >= 0 {
		return "", invalid("The authorization header of the call is malformed. " + form +
			" API keys and tokens contain only letters, digits and -._~+/=.")
	}
	return token, nil
}

func notOfToken(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("-._~+/=", r):
		return false
	}
	return true
}
