package once_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// The tests spend their time waiting, so many run at once. None leaves a goroutine behind.
func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "32")
	goleak.VerifyTestMain(m)
}
