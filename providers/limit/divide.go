package limit

import (
	"math"
	"slices"
)

// divide divides a limit among replicas. Each gets its demand, as far as the limit goes. While one
// lacks something, none gets more than an equal part. What is left is divided equally.
func divide(limit float64, demands []float64) []float64 {
	order := make([]int, len(demands))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if demands[a] < demands[b] {
			return -1
		}
		return 1
	})
	parts := make([]float64, len(demands))
	for done, i := range order {
		parts[i] = min(demands[i], limit/float64(len(order)-done))
		limit -= parts[i]
	}
	for i := range parts {
		parts[i] += limit / float64(len(parts))
	}
	return parts
}

// divideSlots is divide for whole slots. Slots that cannot be divided equally go round: turn says
// who gets the first of them. divideSlots returns that replica, or -1 for none.
func divideSlots(limit int, demands []float64, turn uint64) (slots []int, first int) {
	slots, first = make([]int, len(demands)), -1
	left := limit
	var short []int // the replicas that lack a fraction
	for i, part := range divide(float64(limit), demands) {
		slots[i] = int(math.Floor(part + nearly))
		left -= slots[i]
		if part-float64(slots[i]) > nearly {
			short = append(short, i)
		}
	}
	for n := range min(left, len(short)) {
		next := short[(turn+uint64(n))%uint64(len(short))]
		if slots[next]++; n == 0 {
			first = next
		}
	}
	return slots, first
}
