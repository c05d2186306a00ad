package certificates_test

import (
	"fmt"
	"os"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/certificates"
)

// Check names the setting of each file that cannot be used.
func ExampleCheck() {
	settings := &configv1.Tls{CertFile: "missing.pem", KeyFile: "missing.key"}
	for _, problem := range certificates.Check(settings, os.ReadFile) {
		fmt.Println(problem.Field)
	}
	// Output:
	// cert_file
	// key_file
}
