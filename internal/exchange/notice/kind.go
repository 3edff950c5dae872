package notice

import (
	"time"

	"peerscape/internal/fault"
)

// Kind is a sort of notice.
type Kind string

// The kinds. AccessChanged tells that something changed by which a person signs
// in; it is for her protection and cannot be switched off.
const (
	RoleGiven          Kind = "role-given"
	RoleWithdrawn      Kind = "role-withdrawn"
	InvitationAccepted Kind = "invitation-accepted"
	ContentChanged     Kind = "content-changed"
	DeadlineNear       Kind = "deadline-near"
	FileReady          Kind = "file-ready"
	FileRefused        Kind = "file-refused"
	AccessChanged      Kind = "access-changed"
)

// Rhythm is how often a person gets a letter with notices of a kind.
type Rhythm string

// The rhythms. Daily and weekly letters go out at seven in the morning where the
// person is, weekly ones on Monday.
const (
	Never  Rhythm = "never"
	AtOnce Rhythm = "at-once"
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly"
)

// Rhythms lists the rhythms that can be chosen.
func Rhythms() []Rhythm { return []Rhythm{Never, AtOnce, Daily, Weekly} }

// Rule is what holds for a kind.
type Rule struct {
	Kind   Kind
	Rhythm Rhythm // unless the person chooses another
	Fixed  bool   // nobody switches it off
	Inside bool   // shown only to those who have a role in the partnership now
}

// Rules is the table of kinds, in the order of the page of settings.
func Rules() []Rule {
	return []Rule{
		{Kind: ContentChanged, Rhythm: Weekly, Inside: true},
		{Kind: DeadlineNear, Rhythm: AtOnce, Inside: true},
		{Kind: RoleGiven, Rhythm: AtOnce},
		{Kind: RoleWithdrawn, Rhythm: AtOnce},
		{Kind: InvitationAccepted, Rhythm: Daily},
		{Kind: FileReady, Rhythm: Never},
		{Kind: FileRefused, Rhythm: Daily},
		{Kind: AccessChanged, Rhythm: AtOnce, Fixed: true},
	}
}

func rule(k Kind) (Rule, error) {
	for _, r := range Rules() {
		if r.Kind == k {
			return r, nil
		}
	}
	return Rule{}, fault.New(fault.Invalid, "notice.kind", "there is no kind of notice %q", fault.Clip(string(k), 40)).With("kind", fault.Clip(string(k), 40)).
		Do("Choose one of the list")
}

// together is how long a letter at once waits at least, so that what happens
// together comes together.
const together = time.Minute

// morning is the hour at which daily and weekly letters go out.
const morning = 7

// next returns when the next letter of a rhythm goes out to somebody in a zone.
func next(r Rhythm, now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, zone)
	switch r {
	case Daily, Weekly:
		for !day.After(now) || r == Weekly && day.Weekday() != time.Monday {
			day = time.Date(day.Year(), day.Month(), day.Day()+1, morning, 0, 0, 0, zone)
		}
		return day
	}
	return now.Truncate(time.Minute).Add(together + time.Minute)
}
