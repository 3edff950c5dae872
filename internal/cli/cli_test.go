package cli

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"peerscape/internal/app/apptest"
	"peerscape/internal/sharedtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"peerscape": func() {
			env := System()
			env.Now = apptest.Now
			env.Random = rand.New(rand.NewPCG(1, 2))
			os.Exit(Run(context.Background(), os.Args[1:], env))
		},
	})
}

// TestScripts runs the command line as a user would: right input, wrong input,
// every form of output.
func TestScripts(t *testing.T) {
	loaded := apptest.File(t)
	b, err := os.ReadFile(loaded)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("PEERSCAPE_DB", filepath.Join(env.WorkDir, "test.db"))
			if dir, ok := sharedtest.Dir(); ok {
				env.Setenv("SHARED", dir)
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "test.db"), b, 0o600)
		},
		Condition: func(cond string) (bool, error) {
			_, ok := sharedtest.Dir()
			return cond == "shared" && ok, nil
		},
		Deadline: time.Now().Add(4 * time.Minute),
	})
}
