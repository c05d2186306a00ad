package providers

import "testing"

func TestIsAboutExisting(t *testing.T) {
	for body, want := range map[string]bool{
		`{"message":"d\u00e9j\u00e0 utilis\u00e9"}`:       true,
		`{"errors":[{"code":7,"text":"E11000 dup key"}]}`: true,
		`The email is taken`:                              true,
		`{"exists":"the postal code is wrong"}`:           false,
		`{"message":""}`:                                  true, `{"message":null}`: true, `null`: true, ``: true, `<html>Bad Request</html>`: true, `{"code":400}`: true,
	} {
		if IsAboutExisting(Words([]byte(body))) != want {
			t.Errorf("%s: %t", body, !want)
		}
	}
}
