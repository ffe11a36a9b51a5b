package app_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/app/migrations"
	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
)

// The export has the lists, stories, files and heads, and nobody's personal data.
func TestExportIsPublic(t *testing.T) {
	s := birgetest.StartSample(t)
	dir := filepath.Join(t.TempDir(), "open")
	run(t, 0, "export", dir, "--data", s.Config.Data)
	run(t, 1, "export", dir, "--data", s.Config.Data) // it is there already
	hidden := append(s.NamesOfOthers(""), birgetest.HiddenReport, birgetest.HiddenCall, birgetest.HiddenEvent, birgetest.HiddenFile)
	found := map[string]int{}
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		text := read(t, path)
		found[name] = strings.Count(text, "\n")
		for _, word := range hidden {
			if strings.Contains(text, word) {
				t.Errorf("%s tells %q", name, word)
			}
		}
		return nil
	}))
	for _, name := range []string{"kk/projects.csv", "ru/projects.json", "en/organizations.csv", "api/v1/places.json", "api/v1/project.jsonl", "api/v1/figures.csv", "manifest.json", "manifest.json.sig"} {
		if found[name] == 0 {
			t.Errorf("the export has no %s", name)
		}
	}
	if found["api/v1/project.jsonl"] < 100 || found["kk/projects.csv"] < 100 {
		t.Errorf("the export has %d stories and %d rows of projects", found["api/v1/project.jsonl"], found["kk/projects.csv"])
	}
}

// Accounts are looked after from the command line without any password.
func TestUserCommands(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		at := []string{"--data", w.Config.Data, "--db", w.Config.DB}
		user := func(status int, args ...string) {
			t.Helper()
			run(t, status, append(append([]string{"user"}, args...), at...)...)
		}
		user(0, "create", "keeper@example.kz", "--name", "Сақтаушы", "--role", "keeper")
		user(1, "create", "keeper@example.kz", "--name", "Сақтаушы")
		user(0, "create", "head@example.kz", "--name", "Әкімші", "--role", "admin")
		user(1, "grant", "keeper@example.kz", "--role", "king")
		user(0, "grant", "keeper@example.kz", "--role", "officer", "--place", "150000000")
		user(0, "revoke", "keeper@example.kz", "--role", "officer", "--place", "150000000")
		user(1, "revoke", "keeper@example.kz", "--role", "officer", "--place", "150000000")
		user(0, "link", "keeper@example.kz")
		user(0, "reset-second-factor", "keeper@example.kz")
		user(0, "end-sessions", "keeper@example.kz")
		user(0, "list")
		user(1, "link", "nobody@example.kz")
		roles := rolesOf(t, w, "keeper@example.kz")
		if len(roles) != 1 || roles[0] != access.Keeper {
			t.Errorf("the keeper holds %v", roles)
		}
	})
}

func rolesOf(t *testing.T, w *birgetest.World, email string) (roles []access.Role) {
	t.Helper()
	p, err := w.Accounts.PersonOfEmail(t.Context(), byTest, email)
	must(t, err)
	grants, err := w.Accounts.Grants(t.Context(), byTest, p.ID)
	must(t, err)
	for _, g := range grants {
		if g.EndedAt.IsZero() {
			roles = append(roles, g.Role)
		}
	}
	return roles
}

// The doctor finds a sound portal sound, and says what is bad in one that is not.
func TestDoctor(t *testing.T) {
	w := birgetest.Start(t, dbtest.SQLite(t, migrations.FS))
	must(t, os.Chmod(w.Config.Data, 0o700))
	at := []string{"--data", w.Config.Data, "--db", w.Config.DB}
	run(t, 0, append([]string{"doctor"}, at...)...)
	must(t, os.Chmod(filepath.Join(w.Config.Data, "keys", "secret.pem"), 0o644))
	run(t, 1, append([]string{"doctor"}, at...)...)
	must(t, os.Chmod(filepath.Join(w.Config.Data, "keys", "secret.pem"), 0o600))
	run(t, 1, append([]string{"doctor", "--base", "http://birge.example"}, at...)...)
	run(t, 1, "doctor", "--data", filepath.Join(t.TempDir(), "nowhere"))
}

// A database that a newer version of the program made is refused, and left as it is.
func TestNewerDatabase(t *testing.T) {
	dbtest.EachAddress(t, migrations.FS, func(t *testing.T, address string) {
		driver := "sqlite"
		if strings.HasPrefix(address, "postgres") {
			driver = "pgx"
		}
		raw, err := sql.Open(driver, address)
		must(t, err)
		defer raw.Close()
		_, err = raw.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
		must(t, err)
		_, err = app.Open(t.Context(), app.Config{Data: t.TempDir(), DB: address, Zone: "Asia/Almaty"})
		if err == nil || !strings.Contains(err.Error(), "problem.newer_database") {
			t.Errorf("a newer database is opened: %v", err)
		}
		run(t, 1, "migrate", "--data", t.TempDir(), "--db", address)
	})
}

// What was acknowledged before a process was killed is there afterwards, and the
// jobs that were put in, begun or not, are done once.
func TestKilledWhileWriting(t *testing.T) {
	if os.Getenv(victim) != "" {
		writeUntilKilled(t)
		return
	}
	dbtest.EachAddress(t, migrations.FS, func(t *testing.T, address string) {
		data := t.TempDir()
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhileWriting$", "-test.v")
		child.Env = append(os.Environ(), victim+"="+data, "BIRGE_DB="+address)
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		var told, queued []string
		for lines := bufio.NewScanner(out); (len(told) < 40 || len(queued) < 10) && lines.Scan(); {
			if email, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
				told = append(told, email)
			}
			if name, ok := strings.CutPrefix(lines.Text(), "queued "); ok {
				queued = append(queued, name)
			}
		}
		must(t, child.Process.Kill())
		_ = child.Wait()
		if len(told) < 40 || len(queued) < 10 {
			t.Fatalf("the child acknowledged %d writes and %d jobs only", len(told), len(queued))
		}
		later := func() time.Time { return time.Now().Add(5 * time.Minute) } // the dead worker's lease has run out
		p, err := app.Open(t.Context(), app.Config{Data: data, DB: address, Zone: "Asia/Almaty", Clock: later})
		must(t, err)
		doneOnce(t, p, queued)
		for _, email := range told {
			if _, err := p.Accounts.PersonOfEmail(t.Context(), byTest, email); err != nil {
				t.Errorf("%s was acknowledged and is lost: %v", email, err)
			}
		}
		must(t, p.Close())
		run(t, 0, "verify", "--data", data, "--db", address)
	})
}

// errand is a job that the killed process may begin and cannot end.
type errand struct{ Name string }

func (errand) JobKind() string { return "test.errand" }

// doneOnce runs the jobs of the store until the named ones are done, and looks
// whether one was done twice.
func doneOnce(t *testing.T, p *app.Portal, names []string) {
	t.Helper()
	done := make(chan string, 10_000)
	jobs.Handle(p.Jobs, func(_ context.Context, e errand) error {
		done <- e.Name
		return nil
	})
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.Jobs.Run(ctx)
	}()
	times := map[string]int{}
	for missing := len(names); missing > 0; {
		select {
		case name := <-done:
			if times[name]++; slices.Contains(names, name) {
				missing--
			}
		case <-ctx.Done():
			t.Errorf("%d of %d jobs are not done", missing, len(names))
			missing = 0
		}
	}
	stop()
	<-ended
	for close(done); len(done) > 0; {
		times[<-done]++
	}
	for name, n := range times {
		if n > 1 {
			t.Errorf("%s is done %d times", name, n)
		}
	}
}

// victim names in the environment of a child the folder into which it writes.
const victim = "BIRGE_TEST_VICTIM"

// writeUntilKilled enrols people by several writers at once, with the workers
// running, and tells of each when it is done.
func writeUntilKilled(t *testing.T) {
	p, err := app.Open(t.Context(), app.Config{Data: os.Getenv(victim), DB: os.Getenv("BIRGE_DB"), Zone: "Asia/Almaty", Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	jobs.Handle(p.Jobs, func(ctx context.Context, _ errand) error {
		<-ctx.Done()
		return ctx.Err()
	})
	go func() { _ = p.RunOn(context.Background(), listener) }()
	for writer := range 4 {
		go func() {
			for n := 0; ; n++ {
				email := fmt.Sprintf("w%d-%d@example.kz", writer, n)
				_, err := p.Accounts.Enrol(context.Background(), byTest, accounts.NewPerson{Name: "Сынақ", Email: email, Lang: i18n.KK, Proved: true})
				if err == nil {
					fmt.Printf("acknowledged %s\n", email)
				}
				if p.DB.Update(context.Background(), func(tx *db.Tx) error { return jobs.Enqueue(context.Background(), tx, errand{email}) }) == nil {
					fmt.Printf("queued %s\n", email)
				}
			}
		}()
	}
	select {} // until it is killed
}

// A portal that is served for the first time has places, norms and figures.
func TestServeBeginsWithFacts(t *testing.T) {
	const served = "BIRGE_TEST_SERVED"
	if dir := os.Getenv(served); dir != "" {
		os.Exit(app.Main([]string{"serve", "--data", dir, "--addr", "127.0.0.1:0"}))
	}
	data := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeBeginsWithFacts$")
	child.Env = append(os.Environ(), served+"="+data)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "birge serves") {
	}
	must(t, child.Process.Signal(os.Interrupt))
	must(t, child.Wait())
	p, err := app.Open(t.Context(), app.Config{Data: data, Zone: "Asia/Almaty"})
	must(t, err)
	defer p.Close()
	if _, ok := p.Norms.Book().Norm("reminder.first", p.Projects.Today()); !ok || len(p.Places.Tree().Regions()) < 20 {
		t.Errorf("a fresh portal has the norms %v and %d regions", p.Norms.Book().Keys(), len(p.Places.Tree().Regions()))
	}
}
