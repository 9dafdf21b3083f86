#include "servicekit/testing/scratch_database.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "absl/random/random.h"
#include "servicekit/mysql/connection.h"
#include "servicekit/types/str_cat.h"

extern char** environ;

namespace servicekit {
namespace {

namespace fs = std::filesystem;

const char* const kOwnFolders[] = {"servicekit/mysql/migrations", "servicekit/feed/migrations"};

std::string Socket() {
  const char* socket = std::getenv("CLIENTELE_TEST_MYSQL");
  if (socket == nullptr || *socket == '\0') {
    throw std::runtime_error(
        "this test needs a database: run ./test, or start one with `tests/mariadb start build/mariadb` and "
        "put the "
        "path that it prints into CLIENTELE_TEST_MYSQL");
  }
  return socket;
}

}  // namespace

// Free SQL text, which the services' own interface refuses.
class TestAdmin {
 public:
  explicit TestAdmin(const std::string& schema = "") {
    MysqlOptions options;
    options.address = Socket();
    options.schema = schema;
    options.user = "root";
    absl::StatusOr<std::unique_ptr<Connection>> connection =
        Connection::Open(options, absl::InfiniteFuture());
    if (!connection.ok())
      throw std::runtime_error(StrCat("the test database does not answer at ", options.address));
    connection_ = *std::move(connection);
  }
  std::vector<std::vector<std::string>> Run(const std::string& statement) {
    return connection_->RunFreeText(statement);
  }

 private:
  std::unique_ptr<Connection> connection_;
};

namespace {

// npm's dbmate is a launcher in JavaScript; the program itself is in the package for this platform.
std::string FindDbmate() {
  const fs::path packages = fs::path(CLIENTELE_SOURCE_DIR) / "node_modules/@dbmate";
  std::error_code error;
  for (const auto& package : fs::directory_iterator(packages, error)) {
    const fs::path program = package.path() / "bin/dbmate";
    if (fs::exists(program)) return program;
  }
  throw std::runtime_error(
      StrCat("dbmate is not in ", packages.string(), ": run ./dev setup (or npm ci) first"));
}

void Migrate(const std::string& schema, const std::vector<std::string>& folders) {
  std::vector<std::string> arguments = {
      FindDbmate(), "--url", StrCat("mysql://root@/", schema, "?socket=", Socket()), "--no-dump-schema"};
  for (const std::string& folder : folders) {
    arguments.push_back("--migrations-dir");
    arguments.push_back(StrCat(CLIENTELE_SOURCE_DIR, "/", folder));
  }
  arguments.push_back("up");
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  char log[] = "/tmp/dbmate.XXXXXX";
  const int log_fd = mkstemp(log);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, log_fd, 1);
  posix_spawn_file_actions_adddup2(&actions, log_fd, 2);
  pid_t pid = 0;
  const int spawned = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  if (spawned == 0) waitpid(pid, &status, 0);
  close(log_fd);
  std::ifstream file(log);
  const std::string output{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  unlink(log);
  if (spawned != 0 || status != 0) throw std::runtime_error(StrCat("dbmate failed:\n", output));
}

// A name for what the migrations of these folders make.
std::string Fingerprint(const std::vector<std::string>& folders) {
  uint64_t hash = 14695981039346656037u;  // FNV-1a: the same in every run, unlike absl::Hash.
  const auto add = [&](const std::string& text) {
    for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211u;
    hash = (hash ^ 0xff) * 1099511628211u;
  };
  for (const std::string& folder : folders) {
    std::vector<fs::path> files;
    const fs::path path = fs::path(CLIENTELE_SOURCE_DIR) / folder;
    if (!fs::is_directory(path)) throw std::runtime_error(StrCat("no migrations in ", path.string()));
    for (const auto& entry : fs::directory_iterator(path)) {
      if (entry.path().extension() == ".sql") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& path_of_file : files) {
      std::ifstream file(path_of_file);
      add(path_of_file.filename());
      add({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
    }
  }
  return StrCat(absl::Hex(hash, absl::kZeroPad16));
}

// The schema that dbmate has made from these folders, once for all test processes; scratch databases are
// copied from it.
std::string Template(TestAdmin& admin, const std::vector<std::string>& folders) {
  static std::map<std::vector<std::string>, std::string>& known =
      *new std::map<std::vector<std::string>, std::string>;
  std::string& name = known[folders];
  if (!name.empty()) return name;
  const std::string schema = StrCat("template_", Fingerprint(folders));
  admin.Run("SELECT GET_LOCK('clientele_template', 120)");
  try {
    // The comment is written last: a template without it was left unfinished by a process that died.
    if (admin
            .Run(StrCat("SELECT 1 FROM information_schema.schemata WHERE schema_name = '", schema,
                        "' AND schema_comment = 'finished'"))
            .empty()) {
      admin.Run(StrCat("DROP DATABASE IF EXISTS ", schema));
      admin.Run(StrCat("CREATE DATABASE ", schema, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
      Migrate(schema, folders);
      admin.Run(StrCat("ALTER DATABASE ", schema, " COMMENT = 'finished'"));
    }
  } catch (...) {
    admin.Run("SELECT RELEASE_LOCK('clientele_template')");
    throw;
  }
  admin.Run("SELECT RELEASE_LOCK('clientele_template')");
  return name = schema;
}

std::vector<std::string> Tables(TestAdmin& admin, const std::string& schema) {
  std::vector<std::string> tables;
  for (auto& row : admin.Run(StrCat("SELECT table_name FROM information_schema.tables WHERE table_schema = '",
                                    schema, "' AND table_type = 'BASE TABLE'"))) {
    tables.push_back(row[0]);
  }
  return tables;
}

}  // namespace

ScratchDatabase::ScratchDatabase(const std::vector<std::string>& migration_folders) {
  std::vector<std::string> folders(std::begin(kOwnFolders), std::end(kOwnFolders));
  folders.insert(folders.end(), migration_folders.begin(), migration_folders.end());
  TestAdmin admin;
  template_ = Template(admin, folders);
  absl::BitGen random;
  schema_ = StrCat("test_", getpid(), "_", absl::Hex(absl::Uniform<uint32_t>(random), absl::kZeroPad8));
  admin.Run(StrCat("CREATE DATABASE ", schema_, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
  admin.Run(StrCat("USE ", schema_));
  admin.Run("SET foreign_key_checks = 0");
  const std::vector<std::string> tables = Tables(admin, template_);
  for (const std::string& table : tables) {
    admin.Run(admin.Run(StrCat("SHOW CREATE TABLE ", template_, ".`", table, "`"))[0][1]);
  }
  for (const std::string& table : tables) {
    admin.Run(StrCat("INSERT INTO `", table, "` SELECT * FROM ", template_, ".`", table, "`"));
  }
  MysqlOptions options;
  options.address = Socket();
  options.schema = schema_;
  options.user = "root";
  pool_ = std::make_unique<Pool>(options);
}

ScratchDatabase::~ScratchDatabase() {
  pool_.reset();
  try {
    TestAdmin().Run(StrCat("DROP DATABASE ", schema_));
  } catch (const std::exception&) {  // The engine may be gone already; its data goes with it.
  }
}

void ScratchDatabase::Execute(const std::string& statement) { TestAdmin(schema_).Run(statement); }

int64_t ScratchDatabase::Count(const std::string& table) {
  return std::stoll(TestAdmin(schema_).Run(StrCat("SELECT COUNT(*) FROM ", table))[0][0]);
}

void ScratchDatabase::Clear() {
  TestAdmin admin(schema_);
  admin.Run("SET foreign_key_checks = 0");
  for (const std::string& table : Tables(admin, schema_)) admin.Run(StrCat("DELETE FROM `", table, "`"));
  for (const std::string& table : Tables(admin, template_)) {
    admin.Run(StrCat("INSERT INTO `", table, "` SELECT * FROM ", template_, ".`", table, "`"));
  }
}

MysqlOptions ScratchDatabase::options() const { return pool_->options(); }

}  // namespace servicekit
