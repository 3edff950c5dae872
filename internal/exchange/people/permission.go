package people

import (
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Act is something that a person may or may not do.
type Act string

// The acts. Reading what is public needs none of them.
const (
	ManageInstallation Act = "manage-installation"
	ManageAccounts     Act = "manage-accounts"
	ImportFigures      Act = "import-figures"
	StartPartnership   Act = "start-partnership"
	ReadAudit          Act = "read-audit"
	ReadInternal       Act = "read-internal"
	ReadPeople         Act = "read-people"
	InvitePeople       Act = "invite-people"
	EditPartnership    Act = "edit-partnership"
	EditTerritory      Act = "edit-territory"
	EditInstrument     Act = "edit-instrument"
	ProposePractice    Act = "propose-practice"
	ApprovePractice    Act = "approve-practice"
	ReviewPractice     Act = "review-practice"
	AssessTransfer     Act = "assess-transfer"
	DecideTransfer     Act = "decide-transfer"
	PrepareEvent       Act = "prepare-event"
	ModerateRoom       Act = "moderate-room"
	AddFile            Act = "add-file"
	TranslateContent   Act = "translate-content"
	Comment            Act = "comment"
	RestoreVersion     Act = "restore-version"
	ReportEvidence     Act = "report-evidence"
)

// Reach says how far a role's permission goes.
type Reach uint8

// The reaches. A role that is not bound to a region reaches all regions of its
// partnership.
const (
	Nowhere Reach = iota
	OwnRegion
	OwnPartnership
	Everywhere
)

// Permission is a row of the table: who may do an act.
type Permission struct {
	Act   Act
	Rule  string // the row in prose, one sentence
	Reach map[Role]Reach
}

// Permissions is the table. What it does not name is refused. Services ask it
// through Actor.May, lists are filtered by the same grants in SQL, docs/permissions.md
// prints it, and a test walks every route as every role and as nobody.
//
// In prose: an administrator runs the installation and its accounts, and sees no
// partnership from inside unless he has a role there: power over the machine is
// not power over the content. A project manager does everything in the own
// partnership. The other roles write what their name says, within their region
// where they are bound to one, and read what is internal. An observer reads.
func Permissions() []Permission {
	team := func(more map[Role]Reach, roles ...Role) map[Role]Reach {
		out := map[Role]Reach{ProjectManager: OwnPartnership}
		for _, r := range roles {
			out[r] = OwnPartnership
		}
		for r, reach := range more {
			out[r] = reach
		}
		return out
	}
	installation := map[Role]Reach{Administrator: Everywhere}
	own := func(roles ...Role) map[Role]Reach {
		out := map[Role]Reach{}
		for _, r := range roles {
			out[r] = OwnRegion
		}
		return out
	}
	return []Permission{
		{ManageInstallation, "Change settings of the installation, run jobs, see its state.", installation},
		{ManageAccounts, "List, close and erase accounts.", installation},
		{ImportFigures, "Import official figures.", installation},
		{StartPartnership, "Set up a new partnership and name its first project manager.", installation},
		{
			ReadAudit, "Read who did what: the administrator for the installation, the project manager for the partnership.",
			map[Role]Reach{Administrator: Everywhere, ProjectManager: OwnPartnership},
		},
		{
			ReadInternal, "Read what a partnership keeps internal.",
			team(nil, PolicyOfficer, PracticeOwner, Expert, EventHost, Moderator, Member, Observer),
		},
		{
			ReadPeople, "See who belongs to the partnership and how to reach them.",
			team(nil, PolicyOfficer, PracticeOwner, Expert, EventHost, Moderator, Member, Observer),
		},
		{
			InvitePeople, "Invite people and give them roles: the project manager any role of the partnership, the policy officer practice owners and members of the own region.",
			team(own(PolicyOfficer)),
		},
		{EditPartnership, "Change phases, semesters, themes, partners and stakeholder groups.", team(nil)},
		{EditTerritory, "State assets, challenges and needs of a region.", team(own(PolicyOfficer))},
		{EditInstrument, "Describe a policy instrument, its indicator, stakeholder group and action plan.", team(own(PolicyOfficer))},
		{ProposePractice, "Write a good practice and submit it.", team(own(PolicyOfficer, PracticeOwner))},
		{ApprovePractice, "Approve, decline or archive a good practice.", team(nil)},
		{ReviewPractice, "Validate a published practice with an opinion.", team(nil, Expert)},
		{AssessTransfer, "Rate whether a practice would work in a region.", team(own(PolicyOfficer, PracticeOwner, Member), Expert)},
		{DecideTransfer, "Decide for a region what to do with a practice.", team(own(PolicyOfficer))},
		{PrepareEvent, "Prepare an event: programme, registration, album.", team(nil, EventHost)},
		{ModerateRoom, "Run a live room: questions, votes, timers.", team(nil, EventHost, Moderator)},
		{AddFile, "Add files.", team(own(PolicyOfficer, PracticeOwner), EventHost, Expert)},
		{TranslateContent, "Write translations of shared content.", team(nil, PolicyOfficer, PracticeOwner, Expert, EventHost)},
		{Comment, "Comment on shared content.", team(nil, PolicyOfficer, PracticeOwner, Expert, EventHost, Moderator, Member)},
		{RestoreVersion, "Bring back an earlier version of shared content.", team(own(PolicyOfficer, PracticeOwner))},
		{ReportEvidence, "Record evidence and make the semester's report.", team(own(PolicyOfficer))},
	}
}

// table is the permissions by act, made once by Open.
type table map[Act]Permission

func newTable() table {
	t := table{}
	for _, p := range Permissions() {
		t[p.Act] = p
	}
	return t
}

// Object is what an act is done to. Empty fields: the installation, or no
// region in particular.
type Object struct {
	Partnership string
	Region      nuts.Code
}

// allows reports whether a grant permits an act on an object.
func (t table) allows(g Grant, act Act, on Object) bool {
	switch t[act].Reach[g.Role] {
	case Everywhere:
		return true
	case OwnPartnership:
		return on.Partnership != "" && g.Partnership == on.Partnership
	case OwnRegion:
		return on.Partnership != "" && g.Partnership == on.Partnership && (g.Region == "" || within(on.Region, g.Region))
	}
	return false
}

// within reports whether a region is the other or lies in it, by its code: the
// codes of NUTS nest. Nothing in particular lies in no region.
func within(region, in nuts.Code) bool {
	return region != "" && strings.HasPrefix(string(region), string(in))
}

// denied says which roles may do an act.
func (t table) denied(act Act, on Object) error {
	var may []string
	for _, r := range Roles() {
		if t[act].Reach[r] != Nowhere {
			may = append(may, string(r))
		}
	}
	if len(may) == 0 {
		return fault.New(fault.Denied, "people.denied", "nobody may do this")
	}
	f := fault.New(fault.Denied, "people.denied", "this needs the role %s", strings.Join(may, ", or ")).
		With("act", string(act)).With("roles", may).Do("Ask a project manager of the partnership, or sign in with another account")
	if on.Partnership == "" {
		f.Cure = "Ask an administrator, or sign in with another account"
	}
	return f
}

// givable lists the roles that somebody with a grant may give by invitation.
func (g Grant) givable() []Role {
	switch g.Role {
	case Administrator:
		return []Role{Administrator, ProjectManager}
	case ProjectManager:
		return slices.DeleteFunc(Roles(), func(r Role) bool { return r == Administrator })
	case PolicyOfficer:
		return []Role{PracticeOwner, Member}
	}
	return nil
}
