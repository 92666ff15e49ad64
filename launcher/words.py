"""Every sentence the launcher says, in English and Japanese."""

import os
import sys
from functools import cache
from typing import NoReturn


class Stop(Exception):
    """The command cannot go on; its text is one sentence that says what to do."""


SENTENCES = {
    "usage": (
        "Usage: ./sodate COMMAND\n"
        "  up [--port N] [--host ADDRESS]  start everything (Ctrl-C stops it)\n"
        "  test [PYTEST ARGUMENTS]         run every check that CI runs, or with\n"
        "                                  arguments pytest alone\n"
        "  manage COMMAND ...              run a Django command\n"
        "  backup FILE                     write the whole database to FILE\n"
        "  restore FILE                    put the database back as it was in FILE",
        "使い方: ./sodate コマンド\n"
        "  up [--port 番号] [--host アドレス]  すべて起動します（Ctrl-C で停止）\n"
        "  test [pytest の引数]               CI と同じ検査をすべて実行します\n"
        "                                     （引数があれば pytest だけ）\n"
        "  manage コマンド ...                Django のコマンドを実行します\n"
        "  backup ファイル                    データベース全体をファイルに書き出します\n"
        "  restore ファイル                   データベースをファイルの状態に戻します",
    ),
    "installing": (
        "Installing the requirements (only when they change) …",
        "必要なパッケージをインストールしています（変更があったときだけです）…",
    ),
    "no_venv": (
        "This Python cannot make virtual environments: install its venv module "
        "(on Debian and Ubuntu: apt-get install python3-venv), then run this again.",
        "この Python では仮想環境を作れません。venv モジュールをインストールして"
        "（Debian・Ubuntu では apt-get install python3-venv）、もう一度実行してください。",
    ),
    "no_wheel": (
        "There is no ready-made build of {package} for this machine ({machine}): "
        "use Linux on x86-64 or ARM64, with Python 3.11 to 3.14.",
        "このマシン（{machine}）向けにビルド済みの {package} がありません。"
        "x86-64 または ARM64 の Linux と、Python 3.11〜3.14 をお使いください。",
    ),
    "install_failed": (
        "The requirements could not be installed: check the network and the end of {log}, then run this again.",
        "必要なパッケージをインストールできませんでした。ネットワークと {log} の末尾を確認して、"
        "もう一度実行してください。",
    ),
    "disk_full": (
        "There is too little room on the disk of {folder} ({free} MB free, {needed} MB needed): "
        "free some, or name another folder with SODATE_HOME.",
        "{folder} のディスクの空きが足りません（空き {free} MB、必要 {needed} MB）。"
        "空きを作るか、SODATE_HOME で別のフォルダーを指定してください。",
    ),
    "not_ours": (
        "{folder} cannot be written by this user: run this as its owner, or name another folder with SODATE_HOME.",
        "{folder} に書き込む権限がありません。所有者として実行するか、SODATE_HOME で別のフォルダーを指定してください。",
    ),
    "no_postgres": (
        "There is no embedded PostgreSQL for this machine ({machine}): install PostgreSQL 15 or "
        "newer with your system's packages, or set DATABASE_URL to a server of yours.",
        "このマシン（{machine}）向けの組み込み PostgreSQL がありません。PostgreSQL 15 以上を"
        "システムのパッケージでインストールするか、DATABASE_URL で手元のサーバーを指定してください。",
    ),
    "postgres_version": (
        "The data in {folder} was written by PostgreSQL {has}, but this machine has PostgreSQL "
        "{needs}: provide version {has}, or move to {needs} with ./sodate backup and restore.",
        "{folder} のデータは PostgreSQL {has} のものですが、このマシンにあるのは {needs} です。"
        "{has} を用意するか、./sodate backup と restore で {needs} に移してください。",
    ),
    "postgres_failed": (
        "PostgreSQL did not start: its last words are above, all of them in {log}.",
        "PostgreSQL を起動できませんでした。最後の出力は上のとおりで、全文は {log} にあります。",
    ),
    "no_server_user": (
        "PostgreSQL refuses to run as root, and no system user for it could be made: run this as an ordinary user.",
        "PostgreSQL は root では動かせず、専用のシステムユーザーも作れませんでした。"
        "一般ユーザーとして実行してください。",
    ),
    "already_up": (
        "Sodate CRM already runs in this folder: {url} (process {pid}).",
        "このフォルダーの Sodate CRM はすでに起動しています: {url}（プロセス {pid}）。",
    ),
    "stop_up_first": (
        "Sodate CRM runs in this folder (process {pid}): stop it with Ctrl-C, then restore.",
        "このフォルダーの Sodate CRM が起動中です（プロセス {pid}）。Ctrl-C で停止してから復元してください。",
    ),
    "port_taken": (
        "Port {port} is taken by another program: start with ./sodate up --port {free}.",
        "ポート {port} は別のプログラムが使用中です。./sodate up --port {free} で起動してください。",
    ),
    "bad_port": (
        "The port must be a number from 1 to 65535, not “{port}”.",
        "ポートは 1〜65535 の数字で指定してください（指定値:「{port}」）。",
    ),
    "no_address": (
        "This machine has no address “{host}”: name one of its own with --host.",
        "このマシンにはアドレス「{host}」がありません。--host でこのマシンのアドレスを指定してください。",
    ),
    "demo_in_public": (
        "The demo logins are known to everyone, so they are served to this machine only: "
        "for {host}, start with SODATE_DEMO=0 and a data folder of its own (SODATE_HOME).",
        "デモ用のログインは公開されているため、このマシン以外には提供しません。{host} で提供するには、"
        "SODATE_DEMO=0 と専用のデータフォルダー（SODATE_HOME）を指定して起動してください。",
    ),
    "preparing": (
        "Preparing the database (the first time, the demo company too) …",
        "データベースを準備しています（初回はデモ会社も読み込みます）…",
    ),
    "prepare_failed": (
        "The database could not be prepared: the reason is above.",
        "データベースを準備できませんでした。理由は上のとおりです。",
    ),
    "not_healthy": (
        "Sodate CRM did not become ready within {seconds} seconds ({missing}): see {log}.",
        "{seconds} 秒以内に起動が完了しませんでした（{missing}）。{log} を確認してください。",
    ),
    "part_ended": (
        "“{part}” ended by itself, so everything was stopped: its last words are above, all of them in {log}.",
        "「{part}」が終了したため、すべて停止しました。最後の出力は上のとおりで、全文は {log} にあります。",
    ),
    "part_restarted": (
        "“{part}” ended by itself and is started again; why it ended stands in {log}.",
        "「{part}」が終了したため、起動し直しました。終了の原因は {log} を確認してください。",
    ),
    "running": (
        "Sodate CRM is running: {url}",
        "Sodate CRM が起動しました: {url}",
    ),
    "how_to_stop": (
        "Ctrl-C stops it; the data stays in {folder}.",
        "Ctrl-C で停止します。データは {folder} に残ります。",
    ),
    "stopping": ("Stopping …", "停止しています…"),
    "stopped": ("Stopped; the data is kept.", "停止しました。データは残っています。"),
    "backed_up": ("Written: {file} ({size} KB).", "書き出しました: {file}（{size} KB）。"),
    "restored": (
        "Restored from {file}; ./sodate up brings it up to date if needed.",
        "{file} から復元しました。必要な更新は ./sodate up が行います。",
    ),
    "no_file": (
        "There is no file {file}: name one that ./sodate backup wrote.",
        "{file} がありません。./sodate backup で作成したファイルを指定してください。",
    ),
    "backup_failed": (
        "The backup was not written: the reason is above.",
        "バックアップを書き出せませんでした。理由は上のとおりです。",
    ),
    "restore_failed": (
        "Nothing was changed: {file} could not be restored for the reason above.",
        "{file} を復元できませんでした。理由は上のとおりで、データは変わっていません。",
    ),
    "needs_file": (
        "Name one file: ./sodate {command} FILE",
        "ファイルを1つ指定してください: ./sodate {command} ファイル",
    ),
    "unknown": (
        "“{word}” is not understood here.\n{usage}",
        "「{word}」は指定できません。\n{usage}",
    ),
    "no_browser": (
        "NO BROWSER TESTS WERE RUN: install Chromium and Japanese fonts "
        "(apt-get install chromium fonts-noto-cjk), or name a browser with CHROMIUM.",
        "ブラウザーのテストは実行されていません。Chromium と日本語フォントをインストールするか"
        "（apt-get install chromium fonts-noto-cjk）、CHROMIUM でブラウザーを指定してください。",
    ),
    "checks_failed": ("Failed: {names}", "失敗した検査: {names}"),
    "checks_passed": ("Every check passed.", "すべての検査に合格しました。"),
}


def in_japanese() -> bool:
    """Whether the terminal's language is Japanese, by the usual variables in their usual order."""
    chosen = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, chosen), "").startswith("ja")


def sentence(key: str, **values: object) -> str:
    return SENTENCES[key][in_japanese()].format(**values)


def say(key: str, **values: object) -> None:
    print(sentence(key, **values), flush=True)


@cache
def say_once(key: str) -> None:
    say(key)


def stop(key: str, **values: object) -> NoReturn:
    raise Stop(sentence(key, **values))


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
