package profile

import (
	"fmt"
	"testing"

	"peerscape/internal/nuts"
)

// The full profile of one region among all NUTS 3 regions: 1,345 units, 60
// indicators, 10 years, 12 peers, two metropolises; another region each time.
func BenchmarkBuild(b *testing.B) {
	r, err := Prepare(europe(1345, 60, 10))
	if err != nil {
		b.Fatal(err)
	}
	in := Input{Reference: r}
	for i := range 12 {
		in.Peers = append(in.Peers, id(fmt.Sprintf("R%04d", 1300+i)))
	}
	regions := make([]nuts.ID, 1300)
	for i := range regions {
		regions[i] = id(fmt.Sprintf("R%04d", i))
	}
	o, next := Defaults(), 0
	b.ReportAllocs()
	for b.Loop() {
		in.Region = regions[next%len(regions)]
		next += 101
		if _, err := Build(in, o); err != nil {
			b.Fatal(err)
		}
	}
}

// The reference distribution, made once for all profiles of a snapshot.
func BenchmarkPrepare(b *testing.B) {
	t := europe(1345, 60, 10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Prepare(t); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTheilSen(b *testing.B) {
	years, values := yearsFrom(2014, 10), []float64{3, 1, 4, 1.5, 9, 2, 6, 5, 3.5, 8}
	b.ReportAllocs()
	s := newSen(0.95, 10)
	for b.Loop() {
		for i, v := range values {
			s.add(years[i], v)
		}
		s.fit()
	}
}
