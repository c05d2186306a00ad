package once_test

import (
	"testing"

	"go.uber.org/goleak"
)

// The tests spend their time waiting, so many run at once. None leaves a goroutine behind.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}
