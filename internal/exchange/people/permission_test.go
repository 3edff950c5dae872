package people

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

var update = flag.Bool("update", false, "write docs/permissions.md anew")

const doc = "../../../docs/permissions.md"

// The docs print the table that the code asks.
func TestPermissionsInTheDocs(t *testing.T) {
	got := printed()
	if *update {
		if err := os.WriteFile(doc, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("docs/permissions.md differs from the table (run go test ./internal/exchange/people -run Docs -update):\n%s", d)
	}
}

func printed() string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\n" +
		"Made from the table in `internal/exchange/people/permission.go`, which the program asks; a test keeps both equal.\n\n" +
		"**all** everywhere · **own** in the own partnership · **region** in the own partnership, within the region of the role where it is bound to one · **–** not\n\n")
	b.WriteString("| act | rule |")
	for _, r := range Roles() {
		b.WriteString(" " + string(r) + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(Roles())) + "\n")
	reach := map[Reach]string{Nowhere: "–", OwnRegion: "region", OwnPartnership: "own", Everywhere: "all"}
	for _, p := range Permissions() {
		fmt.Fprintf(&b, "| %s | %s |", p.Act, p.Rule)
		for _, r := range Roles() {
			b.WriteString(" " + reach[p.Reach[r]] + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\nReading what is public needs no account. An administrator runs the installation and sees no partnership from inside without a role there.\n")
	return b.String()
}

// as is an actor with one grant.
func as(g Grant) *Actor { return &Actor{Account: "somebody", Grants: []Grant{g}, table: newTable()} }

func TestMay(t *testing.T) {
	a, b := Object{Partnership: "a"}, Object{Partnership: "b"}
	in := func(region nuts.Code) Object { return Object{Partnership: "a", Region: region} }
	for _, c := range []struct {
		name string
		who  *Actor
		act  Act
		on   Object
		may  bool
	}{
		{"nobody reads nothing internal", Nobody(), ReadInternal, a, false},
		{"an administrator sees no partnership from inside", as(Grant{Role: Administrator}), ReadInternal, a, false},
		{"an administrator starts a partnership", as(Grant{Role: Administrator}), StartPartnership, Object{}, true},
		{"a project manager starts none", as(Grant{Role: ProjectManager, Partnership: "a"}), StartPartnership, Object{}, false},
		{"a project manager edits the own partnership", as(Grant{Role: ProjectManager, Partnership: "a"}), EditPartnership, a, true},
		{"a project manager leaves another alone", as(Grant{Role: ProjectManager, Partnership: "a"}), EditPartnership, b, false},
		{"a grant of the installation reaches no partnership by an empty name", as(Grant{Role: Observer}), ReadInternal, Object{}, false},
		{"a policy officer edits the own region", as(Grant{Role: PolicyOfficer, Partnership: "a", Region: "FI1C6"}), EditTerritory, in("FI1C6"), true},
		{"a policy officer leaves another region alone", as(Grant{Role: PolicyOfficer, Partnership: "a", Region: "FI1C6"}), EditTerritory, in("AT12"), false},
		{"a region holds its parts", as(Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT12"}), EditTerritory, in("AT125"), true},
		{"a part does not hold the region", as(Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT125"}), EditTerritory, in("AT12"), false},
		{"a policy officer of all regions", as(Grant{Role: PolicyOfficer, Partnership: "a"}), EditTerritory, in("AT12"), true},
		{"no region in particular is nobody's own", as(Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT12"}), EditTerritory, a, false},
		{"an observer reads", as(Grant{Role: Observer, Partnership: "a"}), ReadInternal, a, true},
		{"an observer does not comment", as(Grant{Role: Observer, Partnership: "a"}), Comment, a, false},
		{"an unknown act is refused", as(Grant{Role: Administrator}), Act("fly"), Object{}, false},
		{"an unknown role may nothing", as(Grant{Role: "king", Partnership: "a"}), ReadInternal, a, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.who.May(c.act, c.on)
			if (err == nil) != c.may {
				t.Fatalf("May(%s, %+v) = %v, want allowed %v", c.act, c.on, err, c.may)
			}
			if err != nil && fault.KindOf(err) != fault.Denied {
				t.Errorf("kind %s, want denied", fault.KindOf(err))
			}
		})
	}
}

// Every act is in the table once with a sentence, and somebody may do it.
func TestPermissionsAreComplete(t *testing.T) {
	seen := map[Act]bool{}
	for _, p := range Permissions() {
		if seen[p.Act] {
			t.Errorf("%s stands twice", p.Act)
		}
		seen[p.Act] = true
		if !strings.HasSuffix(p.Rule, ".") || len(p.Reach) == 0 {
			t.Errorf("%s has no rule, or nobody may do it", p.Act)
		}
		for r := range p.Reach {
			if _, err := ParseRole(string(r)); err != nil {
				t.Errorf("%s: %v", p.Act, err)
			}
		}
	}
}

// What a person may give is never more than the own power.
func TestGivable(t *testing.T) {
	for _, c := range []struct {
		name string
		who  Grant
		gift Grant
		may  bool
	}{
		{"a project manager gives any role of the partnership", Grant{Role: ProjectManager, Partnership: "a"}, Grant{Role: EventHost, Partnership: "a"}, true},
		{"a project manager makes no administrator", Grant{Role: ProjectManager, Partnership: "a"}, Grant{Role: Administrator}, false},
		{"a project manager gives nothing elsewhere", Grant{Role: ProjectManager, Partnership: "a"}, Grant{Role: Member, Partnership: "b"}, false},
		{"an administrator names the project manager of a partnership", Grant{Role: Administrator}, Grant{Role: ProjectManager, Partnership: "b"}, true},
		{"an administrator gives no other role inside", Grant{Role: Administrator}, Grant{Role: Observer, Partnership: "b"}, false},
		{"a policy officer invites a practice owner of the region", Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT12"}, Grant{Role: PracticeOwner, Partnership: "a", Region: "AT125"}, true},
		{"a policy officer gives no role for all regions", Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT12"}, Grant{Role: PracticeOwner, Partnership: "a"}, false},
		{"a policy officer makes no other policy officer", Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT12"}, Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT12"}, false},
		{"a member gives nothing", Grant{Role: Member, Partnership: "a"}, Grant{Role: Member, Partnership: "a"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := as(c.who).mayGive(&c.gift); (err == nil) != c.may {
				t.Errorf("mayGive = %v, want allowed %v", err, c.may)
			}
		})
	}
}
