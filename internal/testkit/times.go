package testkit

import "time"

// MostWithin returns the most of some times that are in any stretch of a length. The times are in
// order.
func MostWithin(times []time.Time, length time.Duration) (most int) {
	first := 0
	for i, at := range times {
		for at.Sub(times[first]) >= length {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
