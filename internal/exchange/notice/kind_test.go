package notice

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestWhenLettersGoOut(t *testing.T) {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		rhythm    Rhythm
		zone      *time.Location
		now, want string
	}{
		"at once, in the next but one minute":    {AtOnce, time.UTC, "2026-11-04T09:30:59Z", "2026-11-04T09:32:00Z"},
		"today, before seven":                    {Daily, time.UTC, "2026-11-04T06:59:59Z", "2026-11-04T07:00:00Z"},
		"tomorrow, at seven":                     {Daily, time.UTC, "2026-11-04T07:00:00Z", "2026-11-05T07:00:00Z"},
		"seven where she is":                     {Daily, helsinki, "2026-11-04T04:00:00Z", "2026-11-04T05:00:00Z"},
		"her day has begun":                      {Daily, helsinki, "2026-11-04T23:00:00Z", "2026-11-05T05:00:00Z"},
		"over the end of summer time":            {Daily, helsinki, "2026-10-24T12:00:00Z", "2026-10-25T05:00:00Z"},
		"over its beginning":                     {Daily, helsinki, "2026-03-28T12:00:00Z", "2026-03-29T04:00:00Z"},
		"on Monday":                              {Weekly, time.UTC, "2026-11-04T09:00:00Z", "2026-11-09T07:00:00Z"},
		"this Monday":                            {Weekly, time.UTC, "2026-11-09T06:00:00Z", "2026-11-09T07:00:00Z"},
		"next Monday":                            {Weekly, time.UTC, "2026-11-09T07:00:00Z", "2026-11-16T07:00:00Z"},
		"it is Monday already there, not in UTC": {Weekly, helsinki, "2026-11-08T23:00:00Z", "2026-11-09T05:00:00Z"},
	} {
		now, _ := time.Parse(time.RFC3339, c.now)
		if got := next(c.rhythm, now, c.zone).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
