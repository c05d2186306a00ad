package server

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
)

func TestPushback(t *testing.T) {
	for name, c := range map[string]struct {
		deadline   time.Duration // 0 for none
		code       codes.Code
		retryAfter time.Duration
		want       string // empty for none
	}{
		"after a delay":                {0, codes.Unavailable, 1500 * time.Millisecond, "1500"},
		"not before it":                {0, codes.Unavailable, time.Second + time.Microsecond, "1001"},
		"before the deadline":          {time.Hour, codes.Aborted, time.Second, "1000"},
		"after the deadline":           {time.Minute, codes.Unavailable, time.Hour, "-1"},
		"asked of a vendor, too late":  {time.Minute, codes.ResourceExhausted, time.Hour, "-1"},
		"a person must decide":         {0, codes.Aborted, 0, "-1"},
		"what no waiting helps":        {0, codes.InvalidArgument, 0, ""},
		"what no waiting helps, again": {time.Minute, codes.NotFound, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if c.deadline > 0 {
				var end context.CancelFunc
				ctx, end = context.WithTimeout(ctx, c.deadline)
				defer end()
			}
			got := ""
			if values := pushback(ctx, c.code, c.retryAfter).Get(pushbackKey); len(values) > 0 {
				got = values[0]
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
