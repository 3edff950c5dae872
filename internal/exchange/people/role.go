package people

import (
	"fmt"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Role is what a person is in a partnership, or for one of its regions.
type Role string

// The roles, in the order in which lists show them.
const (
	Administrator  Role = "administrator"   // runs the installation; the only role outside partnerships
	ProjectManager Role = "project-manager" // leads a partnership
	PolicyOfficer  Role = "policy-officer"  // answers for a region and its policy instrument
	PracticeOwner  Role = "practice-owner"  // runs a good practice
	Expert         Role = "expert"          // judges practices and events, for the advisory partner or from outside
	EventHost      Role = "event-host"      // prepares and runs events
	Moderator      Role = "moderator"       // chairs a panel
	Member         Role = "member"          // of a stakeholder group or a partner's staff
	Observer       Role = "observer"        // reads: the joint secretariat, a controller
)

// Roles lists all roles.
func Roles() []Role {
	return []Role{Administrator, ProjectManager, PolicyOfficer, PracticeOwner, Expert, EventHost, Moderator, Member, Observer}
}

// ParseRole returns the role of a name, or a fault that names the nearest.
func ParseRole(name string) (Role, error) {
	if r := Role(name); slices.Contains(Roles(), r) {
		return r, nil
	}
	var names []string
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return "", fault.Unknown("people.role", "role", name, names)
}

// regional reports whether a role may be bound to one region.
func (r Role) regional() bool { return r != Administrator && r != ProjectManager }

// Grant is a role that an account has for a time.
type Grant struct {
	ID          string
	Account     string
	Role        Role
	Partnership string    // empty for the installation
	Region      nuts.Code // empty for all regions of the partnership
	Since       string    // date
	Until       string    // date of the first day without it; empty while it lasts
	By          string    // account that gave it; empty for the first administrator
}

// check refuses a grant that means nothing.
func (g *Grant) check() error {
	if _, err := ParseRole(string(g.Role)); err != nil {
		return err
	}
	switch {
	case g.Role == Administrator && (g.Partnership != "" || g.Region != ""):
		return fault.New(fault.Invalid, "people.administrator-scope", "an administrator is one of the whole installation").Do("Leave partnership and region empty")
	case g.Role != Administrator && g.Partnership == "":
		return fault.New(fault.Invalid, "people.no-partnership", "the role %s belongs to a partnership", g.Role).With("role", string(g.Role)).Do("Say in which partnership")
	case g.Region != "" && !g.Role.regional():
		return fault.New(fault.Invalid, "people.not-regional", "the role %s holds for all regions", g.Role).With("role", string(g.Role)).Do("Leave the region empty")
	}
	return nil
}

// String names a grant for messages: "policy-officer of FI1C6".
func (g Grant) String() string {
	if g.Region != "" {
		return fmt.Sprintf("%s of %s", g.Role, g.Region)
	}
	return string(g.Role)
}
