package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"

	"github.com/alecthomas/kong"
)

// Version is the version of the program.
const Version = "0.1.0"

// commands is the command line of birge.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Make a portal with the published facts and a sample region, and serve it."`
	Serve   serveCommand   `cmd:"" help:"Serve the portal of a folder."`
	Import  importCommand  `cmd:"" help:"Check a table and take its good rows: agreements and projects, the register, places."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this version of the program."`
	Verify  verifyCommands `cmd:"" help:"Prove that the portal, a draw or a certificate is what it says."`
	Backup  backupCommand  `cmd:"" help:"Write one consistent archive of store, files and keys, also while the portal runs."`
	Restore restoreCommand `cmd:"" help:"Bring a portal back from an archive into a folder that is not there yet."`
	User    userCommand    `cmd:"" help:"Look after accounts and roles."`
	Doctor  doctorCommand  `cmd:"" help:"Look for what is wrong with the portal of a folder, and say what to do."`
	Hall    hallCommands   `cmd:"" help:"Take the hall of a forum to a place without internet, and home again."`
	Export  exportCommand  `cmd:"" help:"Write everything public as a folder of plain files."`
	Version versionCommand `cmd:"" help:"Tell the version."`
}

// Main runs a command line and gives the exit status.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	var c commands
	parser, err := kong.New(&c, kong.Name("birge"), kong.Description("The portal of a region's civic sector."), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		panic(err)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		parser.Errorf("%s", err)
		return 2
	}
	if err := chosen.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "birge:", explain(err))
		return 1
	}
	return 0
}

// explain says a failure on the command line, where the language is English.
func explain(err error) string {
	p := problem.As(err)
	if p == nil {
		return err.Error()
	}
	words := i18n.NewWords()
	for _, v := range Vocabularies() {
		if words.Add(v) != nil {
			return err.Error()
		}
	}
	en := words.Printer(i18n.EN)
	lines := []string{en.T(p.Key, p.Args...)}
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		lines = append(lines, "  "+name+": "+en.T(p.Fields[name].Key, p.Fields[name].Args...))
	}
	if text := err.Error(); text != p.Error() {
		lines = append(lines, "  ("+text+")")
	}
	return strings.Join(lines, "\n")
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("birge", Version)
	return nil
}

type migrateCommand struct{ Config }

// Run opens the portal, which migrates its store, and closes it.
func (c *migrateCommand) Run(ctx context.Context) error {
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	fmt.Println("the database is up to date:", p.DB.Engine())
	return p.Close()
}

type serveCommand struct{ Config }

// Run serves the portal until it is told to stop. The facts of a new folder, or of
// a newer program, are loaded first.
func (c *serveCommand) Run(ctx context.Context) error {
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	if err := p.LoadFacts(ctx); err != nil {
		return errors.Join(err, p.Close())
	}
	fmt.Println("birge serves on http://" + c.Addr)
	return p.Run(ctx)
}
